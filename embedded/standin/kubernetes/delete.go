package main

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Delete deletes what depends on the object first, then the object, and returns when it is gone.
func (p *kubeProvider) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	ctx, done := p.operation(ctx)
	defer done()

	t, defined, err := p.cluster.known(req.Type, req.Outputs, req.ID)
	if err != nil || !defined {
		return plugin.DeleteResponse{}, err
	}
	return plugin.DeleteResponse{}, p.delete(ctx, t, req)
}

func (p *kubeProvider) delete(ctx context.Context, t target, req plugin.DeleteRequest) error {
	policy := propagation(req.Inputs)
	err := t.api.Delete(ctx, t.name, metav1.DeleteOptions{PropagationPolicy: &policy})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil && !apierrors.IsConflict(err) { // a namespace that is terminating already answers with a conflict
		return explain(t, err, req.Inputs)
	}
	if !waits(req.Inputs) {
		return nil
	}
	object, err := t.api.Get(ctx, t.name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return explain(t, err, req.Inputs)
	}
	if string(object.GetUID()) != lookupString(req.Outputs, "metadata", "uid") && object.GetDeletionTimestamp() == nil {
		return nil // gone, and another one is there by now
	}
	return p.awaitGone(ctx, t, object, req.URN, timeoutOf(req.Inputs, req.Timeout))
}

// propagation is foreground, as in the official provider, unless an annotation says otherwise.
func propagation(inputs resource.PropertyMap) metav1.DeletionPropagation {
	switch annotation(inputs, "pulumi.com/deletionPropagationPolicy") {
	case "background":
		return metav1.DeletePropagationBackground
	case "orphan":
		return metav1.DeletePropagationOrphan
	}
	return metav1.DeletePropagationForeground
}
