package main

import (
	"reflect"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// officialChanges is what the official plugin's Diff finds (pulumi-kubernetes, provider/pkg/provider/provider.go): it
// compares the inputs with what it recorded of the live object, as far as the recorded inputs had it, and of an object
// without recorded inputs it knows the name alone. It returns the changed properties, and whether the object is replaced
// for being in another namespace; other reasons for a replacement are left out.
func officialChanges(state, inputs resource.PropertyMap) (changed []string, replaced bool) {
	live := plainMap(withoutKey(state, inputsKey))
	asked := map[string]any{}
	if recorded := lookup(state, inputsKey); recorded.IsObject() {
		asked = plainMap(normalized(recorded.ObjectValue()))
	}
	before := inShapeOf(live, asked)
	after := plainMap(normalized(inputs))
	for _, known := range []string{"apiVersion", "kind"} {
		before[known] = after[known]
	}
	isNamespaced := text(live, "metadata", "namespace") != ""
	for _, object := range []map[string]any{before, after} {
		metadata, _ := object["metadata"].(map[string]any)
		if metadata == nil {
			metadata = map[string]any{}
			object["metadata"] = metadata
		}
		metadata["name"] = text(live, "metadata", "name")
		if isNamespaced && metadata["namespace"] == nil {
			metadata["namespace"] = metav1.NamespaceDefault
		}
	}
	for key := range merged(before, after) {
		if !reflect.DeepEqual(before[key], after[key]) {
			changed = append(changed, key)
		}
	}
	return changed, text(before, "metadata", "namespace") != text(after, "metadata", "namespace")
}

func withoutKey(object resource.PropertyMap, key resource.PropertyKey) resource.PropertyMap {
	copied := object.Copy()
	delete(copied, key)
	return copied
}

func merged(left, right map[string]any) map[string]bool {
	keys := map[string]bool{}
	for _, object := range []map[string]any{left, right} {
		for key := range object {
			keys[key] = true
		}
	}
	return keys
}

// asWritten are inputs as the program writes them, with the values of another run: spelling has what it leaves for the
// plugin to normalize (2048Mi, empty lists), values has that run's secrets and addresses.
func asWritten(parent string, spelling, values resource.PropertyValue) resource.PropertyValue {
	switch {
	case spelling.IsSecret():
		return resource.MakeSecret(asWritten(parent, unwrap(spelling), unwrap(values)))
	case spelling.IsObject() && values.IsObject():
		written := resource.PropertyMap{}
		for key, value := range spelling.ObjectValue() {
			written[key] = value
			if other, ok := values.ObjectValue()[key]; ok {
				written[key] = asWritten(string(key), value, other)
			}
			if value.IsObject() || value.IsArray() {
				continue
			}
			if other, ok := values.ObjectValue()[key]; ok && sameScalar(parent, unwrap(value), unwrap(other)) {
				written[key] = value
			}
		}
		return resource.NewProperty(written)
	case spelling.IsArray() && values.IsArray() && len(spelling.ArrayValue()) == len(values.ArrayValue()):
		written := make([]resource.PropertyValue, len(spelling.ArrayValue()))
		for i, element := range spelling.ArrayValue() {
			written[i] = asWritten(parent, element, values.ArrayValue()[i])
		}
		return resource.NewProperty(written)
	case spelling.IsArray():
		return spelling
	}
	return values
}

func gvkOfInputs(inputs resource.PropertyMap) schema.GroupVersionKind {
	return schema.FromAPIVersionAndKind(lookupString(inputs, "apiVersion"), lookupString(inputs, "kind"))
}
