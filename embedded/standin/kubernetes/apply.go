package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

const (
	annotationPatchForce   = "pulumi.com/patchForce"
	annotationFieldManager = "pulumi.com/patchFieldManager"
	// annotationReplaceUnready is the official provider's, of Jobs.
	annotationReplaceUnready = "pulumi.com/replaceUnready"

	// lastPause ends the attempts to apply an object whose namespace is not there: after 31 s, as in the official
	// provider.
	lastPause = 16 * time.Second
)

// change is a wish: these inputs are to be what the cluster has.
type change struct {
	urn     resource.URN
	inputs  resource.PropertyMap
	manager string
	version string // the apiVersion that the object was created with
	isNew   bool   // the engine does not know the object yet
	preview bool
	timeout float64 // seconds; 0 is the default
}

// Create applies. With upsertExistingObjects an object that is there already is taken over, so that an update that was
// killed half-way goes on where it stopped. Without, it is refused: it may well be somebody else's.
func (p *kubeProvider) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	ctx, done := p.operation(ctx)
	defer done()

	wish := change{
		urn:     req.URN,
		inputs:  req.Properties,
		manager: fieldManager(req.URN, req.Properties, nil),
		version: initialVersion(nil, req.Properties),
		isNew:   true,
		preview: req.Preview,
		timeout: req.Timeout,
	}
	object, err := p.apply(ctx, wish)
	outputs, err := finish(wish, object, err)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	response := plugin.CreateResponse{Properties: outputs}
	if !req.Preview {
		response.ID = idOf(object)
	}
	return response, nil
}

// Update applies. Fields that left the inputs leave the object, for this manager no longer asks for them.
func (p *kubeProvider) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	ctx, done := p.operation(ctx)
	defer done()

	wish := change{
		urn:     req.URN,
		inputs:  req.NewInputs,
		manager: fieldManager(req.URN, req.NewInputs, req.OldOutputs),
		version: initialVersion(req.OldOutputs, req.NewInputs),
		preview: req.Preview,
		timeout: req.Timeout,
	}
	object, err := p.apply(ctx, wish)
	former := lookupString(req.OldOutputs, fieldManagerKey)
	if err == nil && !req.Preview && former != "" && former != wish.manager {
		err = p.release(ctx, object, former)
	}
	outputs, err := finish(wish, object, err)
	return plugin.UpdateResponse{Properties: outputs}, err
}

// finish turns what apply brought into what the engine records.
func finish(wish change, object *unstructured.Unstructured, err error) (resource.PropertyMap, error) {
	outputs := func() resource.PropertyMap { return outputsOf(object, wish.inputs, wish.manager, wish.version) }
	var failure *notReady
	switch {
	case errors.As(err, &failure):
		return nil, initFailed(idOf(object), failure, outputs(), nil)
	case err != nil:
		return nil, err
	case object == nil:
		return wish.inputs, nil // a preview that could not ask the API server
	default:
		return outputs(), nil
	}
}

// apply makes the change and waits until it took effect. It returns no object when a preview cannot ask the API
// server, and the object along with a notReady error when it is there but did not become ready.
func (p *kubeProvider) apply(ctx context.Context, wish change) (*unstructured.Unstructured, error) {
	if wish.preview && (p.cluster == nil || wish.inputs.ContainsUnknowns()) {
		return nil, nil
	}
	wanted := toObject(wish.inputs)
	t, err := p.cluster.targetOf(wanted)
	if err != nil {
		if wish.preview && meta.IsNoMatchError(errors.Unwrap(err)) {
			return nil, nil // a custom resource whose definition the same update brings
		}
		return nil, err
	}
	if wish.preview {
		return p.dryRun(ctx, t, wanted, wish)
	}
	if wish.isNew && !p.settings.upsert {
		if err := t.refuseExisting(ctx); err != nil {
			return nil, explain(t, err, wish.inputs)
		}
	}
	object, err := p.patch(ctx, t, wanted, wish)
	for pause := time.Second; apierrors.IsNotFound(err) && pause <= lastPause && ctx.Err() == nil; pause *= 2 {
		// Its namespace comes with the same update, and the program did not say that it depends on it.
		p.status(wish.urn, diag.Info, fmt.Sprintf("Trying again in %s: %s", pause, explain(t, err, wish.inputs)))
		sleep(ctx, pause)
		object, err = p.patch(ctx, t, wanted, wish)
	}
	if err == nil && object.GetDeletionTimestamp() != nil {
		// The former object of this name is still on its way out, and would take what was applied to it along.
		if err := p.awaitGone(ctx, t, object, wish.urn, timeoutOf(wish.inputs, wish.timeout)); err != nil {
			return nil, err
		}
		object, err = p.patch(ctx, t, wanted, wish)
	}
	if err != nil {
		return nil, explain(t, err, wish.inputs)
	}
	if t.gvk.GroupKind() == definitionKind {
		defer p.cluster.mapper.Reset() // the kinds it defines come next
	}
	return p.await(ctx, t, object, wish)
}

// refuseExisting asks first, for server-side apply cannot be told to create only.
func (t target) refuseExisting(ctx context.Context) error {
	existing, err := t.api.Get(ctx, t.name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err), err == nil && existing.GetDeletionTimestamp() != nil:
		return nil
	case err == nil:
		return apierrors.NewAlreadyExists(t.resource, t.name)
	}
	return err
}

// patch is one server-side apply.
func (p *kubeProvider) patch(
	ctx context.Context, t target, wanted *unstructured.Unstructured, wish change,
) (*unstructured.Unstructured, error) {
	body, err := json.Marshal(wanted.Object)
	if err != nil {
		return nil, err
	}
	force := p.settings.patchForce || annotation(wish.inputs, annotationPatchForce) == "true"
	options := metav1.PatchOptions{FieldManager: wish.manager, Force: &force}
	if wish.preview {
		options.DryRun = []string{metav1.DryRunAll}
	}
	object, err := t.api.Patch(ctx, t.name, types.ApplyPatchType, body, options)
	if err != nil && !force && onlyKubectl(conflicts(err)) {
		// What people changed by hand is drift, and goes back to what the program says. The official provider takes
		// kubectl's fields over, too. A controller's fields are another matter: those stay conflicts.
		force = true
		object, err = t.api.Patch(ctx, t.name, types.ApplyPatchType, body, options)
	}
	return object, err
}

func onlyKubectl(managers []string) bool {
	for _, manager := range managers {
		if !strings.HasPrefix(manager, "kubectl") && manager != "before-first-apply" {
			return false
		}
	}
	return len(managers) > 0
}

// dryRun asks the API server what it would make of the change. Some refusals are the order of things: the namespace
// comes with the same update, the quota that is too small is raised by it, the object that a replacement's name is
// taken by is deleted before.
func (p *kubeProvider) dryRun(
	ctx context.Context, t target, wanted *unstructured.Unstructured, wish change,
) (*unstructured.Unstructured, error) {
	var object *unstructured.Unstructured
	var err error
	_, replaces := p.known.Load(wish.urn)
	if wish.isNew && (replaces || !p.settings.upsert) {
		object, err = t.api.Create(ctx, wanted,
			metav1.CreateOptions{FieldManager: wish.manager, DryRun: []string{metav1.DryRunAll}})
	} else {
		object, err = p.patch(ctx, t, wanted, wish)
	}
	switch {
	case err == nil:
		// What only a real run can tell stays unknown.
		unstructured.RemoveNestedField(object.Object, "status")
		for _, field := range []string{"uid", "resourceVersion", "creationTimestamp", "generation"} {
			unstructured.RemoveNestedField(object.Object, "metadata", field)
		}
		return object, nil
	case apierrors.IsNotFound(err), apierrors.IsAlreadyExists(err) && replaces:
		return nil, nil
	case apierrors.IsForbidden(err):
		p.warn(wish.urn, "as the cluster is now, this would be refused: "+explain(t, err, wish.inputs).Error())
		return nil, nil
	default:
		return nil, explain(t, err, wish.inputs)
	}
}

// release gives up the fields that a manager owns, by applying nothing in its name.
func (p *kubeProvider) release(ctx context.Context, object *unstructured.Unstructured, manager string) error {
	t, err := p.cluster.targetOf(object)
	if err != nil {
		return err
	}
	nothing := &unstructured.Unstructured{}
	nothing.SetGroupVersionKind(object.GroupVersionKind())
	nothing.SetName(object.GetName())
	nothing.SetNamespace(object.GetNamespace())
	if _, err := t.api.Apply(ctx, t.name, nothing, metav1.ApplyOptions{FieldManager: manager}); err != nil {
		return explain(t, err, nil)
	}
	return nil
}

// fieldManager is who this resource is to the API server. Like the official provider's it is one of its own for each
// resource, so that two resources for one object conflict instead of overwriting each other; unlike that it is not
// random, so that an update that was killed after it created an object meets its own fields when it is run again.
func fieldManager(urn resource.URN, inputs, state resource.PropertyMap) string {
	if given := annotation(inputs, annotationFieldManager); given != "" {
		return given
	}
	if known := lookupString(state, fieldManagerKey); known != "" {
		return known
	}
	hash := sha256.Sum256([]byte(urn))
	return "pulumi-kubernetes-" + hex.EncodeToString(hash[:4])
}

// timeoutOf is the custom timeout of the resource, else its annotation's, else 10 minutes.
func timeoutOf(inputs resource.PropertyMap, seconds float64) time.Duration {
	if seconds > 0 {
		return time.Duration(seconds * float64(time.Second))
	}
	if annotated, err := time.ParseDuration(annotation(inputs, "pulumi.com/timeoutSeconds") + "s"); err == nil {
		return annotated
	}
	return 10 * time.Minute
}
