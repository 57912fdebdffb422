package main

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// What the state has beside the object itself, under the official provider's names.
const (
	fieldManagerKey      = "__fieldManager"
	initialAPIVersionKey = "__initialApiVersion"
)

// outputsOf is what the state records: the object as the API server has it, without the bookkeeping that changes at
// every write and repeats the object.
func outputsOf(object *unstructured.Unstructured, inputs resource.PropertyMap, manager string) resource.PropertyMap {
	outputs := fromPlainMap(object.Object)
	if metadata := outputs["metadata"]; metadata.IsObject() {
		delete(metadata.ObjectValue(), "managedFields")
		if annotations := metadata.ObjectValue()["annotations"]; annotations.IsObject() {
			// kubectl apply's copy of the whole object, a Secret's data included.
			delete(annotations.ObjectValue(), "kubectl.kubernetes.io/last-applied-configuration")
		}
	}
	markSecrets(outputs, inputs)
	outputs[fieldManagerKey] = resource.NewProperty(manager)
	outputs[initialAPIVersionKey] = resource.NewProperty(object.GetAPIVersion())
	return outputs
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
