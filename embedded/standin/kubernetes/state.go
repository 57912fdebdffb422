package main

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// What the state has beside the object itself, under the official provider's names.
const (
	inputsKey            = "__inputs"
	fieldManagerKey      = "__fieldManager"
	initialAPIVersionKey = "__initialApiVersion"
)

// outputsOf is what the state records: the object as the API server has it, and what the official plugin looks for
// there when it goes on with the stack. Without the inputs it would replace the object.
func outputsOf(
	object *unstructured.Unstructured, inputs resource.PropertyMap, manager, initialVersion string,
) resource.PropertyMap {
	outputs := fromPlainMap(object.Object)
	if annotations := lookup(outputs, "metadata", "annotations"); annotations.IsObject() {
		// kubectl apply's copy of the whole object, a Secret's data included.
		delete(annotations.ObjectValue(), "kubectl.kubernetes.io/last-applied-configuration")
	}
	markSecrets(outputs, inputs)
	outputs[inputsKey] = resource.NewProperty(inputs)
	outputs[fieldManagerKey] = resource.NewProperty(manager)
	outputs[initialAPIVersionKey] = resource.NewProperty(initialVersion)
	return outputs
}

// initialVersion is the apiVersion that the object was created with, as far as it is known.
func initialVersion(state, inputs resource.PropertyMap) string {
	if known := lookupString(state, initialAPIVersionKey); known != "" {
		return known
	}
	return lookupString(inputs, "apiVersion")
}

// idOf is namespace/name, or the name of an object that is in no namespace.
func idOf(object *unstructured.Unstructured) resource.ID {
	if namespace := object.GetNamespace(); namespace != "" {
		return resource.ID(namespace + "/" + object.GetName())
	}
	return resource.ID(object.GetName())
}

// parseID is the way back.
func parseID(id resource.ID) (namespace, name string) {
	namespace, name, found := strings.Cut(string(id), "/")
	if !found {
		return "", string(id)
	}
	return namespace, name
}
