package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/grpc/codes"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// notReady is an object that is in the cluster but did not become what it should be.
type notReady struct {
	object  *unstructured.Unstructured // as last seen
	summary string
	reasons []string
}

func (e *notReady) Error() string {
	if len(e.reasons) == 0 {
		return e.summary
	}
	return e.summary + ":\n  - " + strings.Join(e.reasons, "\n  - ")
}

// initFailed tells the engine to record the object and that it is not ready, so that the next update tries again.
// inputs are what a Read found; a Create or an Update leaves them to the engine.
func initFailed(id resource.ID, failure *notReady, outputs, inputs resource.PropertyMap) error {
	options := plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}
	properties, err := plugin.MarshalProperties(outputs, options)
	if err != nil {
		return errors.Join(failure, err)
	}
	detail := &pulumirpc.ErrorResourceInitFailed{
		Id:         string(id),
		Properties: properties,
		Reasons:    append([]string{failure.summary}, failure.reasons...),
	}
	if inputs != nil {
		if detail.Inputs, err = plugin.MarshalProperties(inputs, options); err != nil {
			return errors.Join(failure, err)
		}
	}
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, failure.Error()), detail)
}

// explain says in one line which object it was, and what the API server had to say.
func explain(t target, err error, inputs resource.PropertyMap) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: interrupted before the API server answered", t)
	}
	message := redact(inputs, err.Error())[0]
	if apierrors.IsAlreadyExists(err) {
		message += "\n  The object is there, but not in the stack's state under this name. Import it (pulumi import), give a " +
			"renamed resource an alias, or let the provider take over what it finds (upsertExistingObjects: true)."
	}
	if apierrors.IsConflict(err) && len(conflicts(err)) > 0 {
		message += "\n  Another manager owns these fields. Leave them out of the program, or take them over with the " +
			"annotation pulumi.com/patchForce: \"true\"."
	}
	return fmt.Errorf("%s: %s", t, message)
}

// explainMapping says why a kind cannot be found.
func explainMapping(err error, gvk schema.GroupVersionKind) error {
	if meta.IsNoMatchError(err) {
		return fmt.Errorf("the API server has no %s in %s: is its CustomResourceDefinition installed? (%w)",
			gvk.Kind, gvk.GroupVersion(), err)
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return fmt.Errorf("the Kubernetes cluster cannot be reached: %w", err)
	}
	return fmt.Errorf("could not ask the API server about %s in %s: %w", gvk.Kind, gvk.GroupVersion(), err)
}

var conflictingManager = regexp.MustCompile(`^conflict with "([^"]+)"`)

// conflicts returns the managers that own fields which an apply wanted to change.
func conflicts(err error) []string {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		return nil
	}
	var managers []string
	for _, cause := range status.Status().Details.Causes {
		if cause.Type != metav1.CauseTypeFieldManagerConflict {
			continue
		}
		if match := conflictingManager.FindStringSubmatch(cause.Message); match != nil {
			managers = append(managers, match[1])
		}
	}
	return managers
}
