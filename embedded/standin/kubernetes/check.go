package main

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// autonamed marks an object whose name Check made up, so that Diff knows that a replacement can have another.
const autonamed = "pulumi.com/autonamed"

// serverFields of metadata are the API server's to set.
var serverFields = []resource.PropertyKey{
	"creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields",
	"resourceVersion", "selfLink", "uid",
}

// Check completes the inputs: apiVersion and kind from the type, a name, a namespace.
func (p *kubeProvider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	gvk, err := gvkOf(req.Type)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	if len(req.Olds) > 0 {
		p.known.Store(req.URN, true)
	}
	inputs := withoutNulls(req.News)
	if failures := checkType(inputs, gvk); len(failures) > 0 {
		return plugin.CheckResponse{Failures: failures}, nil
	}
	metadata := lookup(inputs, "metadata")
	if metadata.IsComputed() || metadata.IsOutput() {
		return plugin.CheckResponse{Properties: inputs}, nil // completed once it is known
	}
	completed := resource.PropertyMap{}
	if metadata.IsObject() {
		completed = metadata.ObjectValue()
	}
	for _, field := range serverFields {
		delete(completed, field)
	}
	if failures := nameObject(completed, req); len(failures) > 0 {
		return plugin.CheckResponse{Failures: failures}, nil
	}
	if err := p.defaultNamespace(completed, gvk); err != nil {
		return plugin.CheckResponse{}, err
	}
	secret := inputs["metadata"].IsSecret()
	inputs["metadata"] = resource.NewProperty(completed)
	if secret {
		inputs["metadata"] = resource.MakeSecret(inputs["metadata"])
	}
	inputs = normalized(inputs)
	markSecrets(inputs, nil) // a Secret's data is secret even if the program did not say so
	return plugin.CheckResponse{Properties: inputs}, nil
}

// checkType fills in apiVersion and kind, and refuses what the type does not stand for or this plugin does not do.
func checkType(inputs resource.PropertyMap, gvk schema.GroupVersionKind) []plugin.CheckFailure {
	if _, isList := inputs["items"]; isList && lookupString(inputs, "kind") == gvk.Kind {
		return []plugin.CheckFailure{{
			Property: "items", Reason: "a list is not an object of the cluster: declare its items one by one",
		}}
	}
	if gvk.Group == "helm.sh" || lookupString(inputs, "kind")+"Patch" == gvk.Kind {
		return []plugin.CheckFailure{{Reason: notSupported(gvk.Kind).Error()}}
	}
	var failures []plugin.CheckFailure
	for key, wanted := range map[resource.PropertyKey]string{
		"apiVersion": gvk.GroupVersion().String(),
		"kind":       gvk.Kind,
	} {
		switch found := lookup(inputs, key); {
		case found.IsNull():
			inputs[key] = resource.NewProperty(wanted)
		case found.IsString() && found.StringValue() != wanted:
			failures = append(failures, plugin.CheckFailure{
				Property: key, Reason: fmt.Sprintf("%q does not fit the resource's type, which is %s", found.StringValue(), wanted),
			})
		}
	}
	return failures
}

// nameObject sees to metadata.name: the program's, else the one made up before, else a new one.
func nameObject(metadata resource.PropertyMap, req plugin.CheckRequest) []plugin.CheckFailure {
	if name := unwrap(metadata["name"]); !name.IsNull() && !(name.IsString() && name.StringValue() == "") {
		return nil
	}
	if !unwrap(metadata["generateName"]).IsNull() {
		return []plugin.CheckFailure{{
			Property: "metadata",
			Reason:   "metadata.generateName does not work with server-side apply: give a name, or none to have one made up",
		}}
	}
	name, err := autoname(req)
	if err != nil {
		return []plugin.CheckFailure{{Property: "metadata", Reason: err.Error()}}
	}
	annotations := resource.PropertyMap{}
	if given := unwrap(metadata["annotations"]); given.IsObject() {
		annotations = given.ObjectValue()
	}
	annotations[autonamed] = resource.NewProperty("true")
	metadata["annotations"] = resource.NewProperty(annotations)
	metadata["name"] = resource.NewProperty(name)
	return nil
}

// autoname is the old object's made-up name, or follows the stack's naming rules (pulumi:autonaming), or is the
// resource's name and eight hex digits.
func autoname(req plugin.CheckRequest) (string, error) {
	if old := lookupString(req.Olds, "metadata", "name"); old != "" && annotation(req.Olds, autonamed) == "true" {
		return old, nil
	}
	if req.Autonaming != nil {
		if req.Autonaming.Mode == plugin.AutonamingModeDisabled {
			return "", fmt.Errorf("metadata.name is missing, and the stack's configuration switches automatic names off")
		}
		return req.Autonaming.ProposedName, nil
	}
	return resource.NewUniqueName(req.RandomSeed, req.Name+"-", 0, 0, nil)
}

// defaultNamespace sets the provider's namespace where a namespaced object has none.
func (p *kubeProvider) defaultNamespace(metadata resource.PropertyMap, gvk schema.GroupVersionKind) error {
	if p.cluster == nil || p.settings.namespace == "" || !unwrap(metadata["namespace"]).IsNull() {
		return nil
	}
	namespaced, err := p.cluster.isNamespaced(gvk)
	switch {
	case meta.IsNoMatchError(err):
		// The definition of a custom resource may be part of this very update; most are namespaced.
		namespaced = true
	case err != nil:
		return explainMapping(err, gvk)
	}
	if namespaced {
		metadata["namespace"] = resource.NewProperty(p.settings.namespace)
	}
	return nil
}
