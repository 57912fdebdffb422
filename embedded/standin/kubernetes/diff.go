package main

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Diff compares what the program wants now with what it wanted last, or with what a refresh found in its place.
func (p *kubeProvider) Diff(ctx context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	immutable := p.immutableFields(req.OldInputs, req.NewInputs)
	changes := diffInputs(req.OldInputs, req.NewInputs, immutable)
	if len(changes) > 0 {
		// A state of an earlier version has inputs as the program spelt them.
		changes = diffInputs(normalized(req.OldInputs), normalized(req.NewInputs), immutable)
	}
	if p.isUnready(ctx, req) {
		changes["metadata"] = plugin.PropertyDiff{Kind: plugin.DiffUpdateReplace}
	}
	if len(changes) == 0 {
		return plugin.DiffResponse{Changes: plugin.DiffNone}, nil
	}
	response := plugin.DiffResponse{Changes: plugin.DiffSome, DetailedDiff: changes}
	// Two objects cannot have one name: with a name of the program's choice the old one has to go first.
	response.DeleteBeforeReplace = response.Replace() &&
		annotation(req.NewInputs, autonamed) != "true" &&
		sameString(req.OldInputs, req.NewInputs, "metadata", "name") &&
		sameString(req.OldInputs, req.NewInputs, "metadata", "namespace")
	return response, nil
}

// isUnready says whether a Job that is to be made anew if it did not complete did not. Without the annotation an update
// waits for it once more, which is of no use once it has failed. Where the API server does not answer, the update itself
// says so.
func (p *kubeProvider) isUnready(ctx context.Context, req plugin.DiffRequest) bool {
	if p.cluster == nil || annotation(req.NewInputs, annotationReplaceUnready) != "true" ||
		lookupString(req.NewInputs, "kind") != "Job" {
		return false
	}
	namespace, name := parseID(req.ID)
	t, err := p.cluster.target(schema.GroupVersionKind{Group: "batch", Version: "v1", Kind: "Job"}, namespace, name)
	if err != nil {
		return false
	}
	job, err := t.api.Get(ctx, name, metav1.GetOptions{})
	return err == nil && !judgeJob(job.Object).ready
}

// sameString says whether two objects have the same, known text at a path. Neither having any is the same, too.
func sameString(old, updated resource.PropertyMap, keys ...resource.PropertyKey) bool {
	return !lookup(updated, keys...).IsComputed() && lookupString(old, keys...) == lookupString(updated, keys...)
}

// diffInputs returns the changed properties by path, as in spec.template.spec.containers[0].image.
func diffInputs(old, updated resource.PropertyMap, immutable []fieldPattern) map[string]plugin.PropertyDiff {
	d := differ{immutable: immutable, changes: map[string]plugin.PropertyDiff{}}
	d.objects(nil, old, updated)
	return d.changes
}

type differ struct {
	immutable []fieldPattern
	changes   map[string]plugin.PropertyDiff
}

func (d *differ) objects(path resource.PropertyPath, old, updated resource.PropertyMap) {
	for key, oldValue := range old {
		if newValue, kept := updated[key]; kept {
			d.values(append(path, string(key)), oldValue, newValue)
		} else {
			d.record(append(path, string(key)), oldValue, plugin.DiffDelete)
		}
	}
	for key, newValue := range updated {
		if _, existed := old[key]; !existed {
			d.record(append(path, string(key)), newValue, plugin.DiffAdd)
		}
	}
}

func (d *differ) arrays(path resource.PropertyPath, old, updated []resource.PropertyValue) {
	for i := range max(len(old), len(updated)) {
		switch {
		case i >= len(old):
			d.record(append(path, i), updated[i], plugin.DiffAdd)
		case i >= len(updated):
			d.record(append(path, i), old[i], plugin.DiffDelete)
		default:
			d.values(append(path, i), old[i], updated[i])
		}
	}
}

func (d *differ) values(path resource.PropertyPath, old, updated resource.PropertyValue) {
	// That a value became secret changes nothing in the cluster.
	old, updated = unwrap(old), unwrap(updated)
	switch {
	case old.IsObject() && updated.IsObject():
		d.objects(path, old.ObjectValue(), updated.ObjectValue())
	case old.IsArray() && updated.IsArray():
		d.arrays(path, old.ArrayValue(), updated.ArrayValue())
	case !sameScalar(parentField(path), old, updated):
		d.record(path, updated, plugin.DiffUpdate)
	}
}

// record notes a change; value is what came or, of a deletion, what went.
func (d *differ) record(path resource.PropertyPath, value resource.PropertyValue, kind plugin.DiffKind) {
	for _, pattern := range d.immutable {
		if pattern.touchedBy(path, value) {
			kind = kind.AsReplace()
			break
		}
	}
	d.changes[path.String()] = plugin.PropertyDiff{Kind: kind, InputDiff: true}
}

// immutableFields are those that cannot be changed in an object of this kind.
func (p *kubeProvider) immutableFields(old, updated resource.PropertyMap) []fieldPattern {
	gvk := schema.FromAPIVersionAndKind(lookupString(updated, "apiVersion"), lookupString(updated, "kind"))
	fields := immutableFields[gvk.GroupKind()]

	frozen := lookup(old, "immutable").V == true || lookup(updated, "immutable").V == true
	switch {
	case gvk.GroupKind() == configMapKind && p.settings.configMapMutable && !frozen:
		fields = nil
	case gvk.GroupKind() == secretKind && p.settings.secretMutable && !frozen:
		fields = secretIdentity
	}
	identity := objectIdentity
	oldGroup := schema.FromAPIVersionAndKind(lookupString(old, "apiVersion"), "").Group
	if oldGroup != gvk.Group && lookupString(old, "apiVersion") != "" {
		// Another version of a group is another view of the same object; another group has other objects.
		identity = append(fieldPatterns("apiVersion"), identity...)
	}
	return append(identity[:len(identity):len(identity)], fields...)
}
