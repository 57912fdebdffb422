package main

import (
	"encoding/base64"
	"maps"
	"reflect"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// normalized spells inputs as Kubernetes' own types write them: quantities in their canonical form (2048Mi is 2Gi),
// without the empty values that those leave out, a Secret's stringData in data. The official plugin keeps inputs so, in
// the state and in what it compares. Where something is not known yet, and of kinds that are not built in, they stay.
func normalized(inputs resource.PropertyMap) resource.PropertyMap {
	if inputs.ContainsUnknowns() {
		return inputs
	}
	given := plainMap(inputs)
	if isSecret(given) {
		given = normalizedSecret(given)
	} else {
		typed, ok := asTyped(given)
		if !ok {
			return inputs
		}
		given = inShapeOf(typed, given)
	}
	result := fromPlainMap(given)
	markSecrets(result, inputs)
	return result
}

func isSecret(object map[string]any) bool {
	return object["apiVersion"] == "v1" && object["kind"] == secretKind.Kind
}

// asTyped takes an object through the type of its kind, if that is built in and the object fits it.
func asTyped(given map[string]any) (map[string]any, bool) {
	kind := (&unstructured.Unstructured{Object: given}).GroupVersionKind()
	if !scheme.Scheme.Recognizes(kind) {
		return nil, false
	}
	typed, err := scheme.Scheme.New(kind)
	if err != nil {
		return nil, false
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(given, typed); err != nil {
		return nil, false
	}
	result, err := runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
	return result, err == nil
}

// normalizedSecret is a Secret as the API server has it: no stringData, and base64 without line breaks.
func normalizedSecret(given map[string]any) map[string]any {
	data, _ := given["data"].(map[string]any)
	written, _ := given["stringData"].(map[string]any)
	merged := make(map[string]any, len(data)+len(written))
	for key, value := range data {
		merged[key] = value
		if text, ok := value.(string); ok {
			if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
				merged[key] = base64.StdEncoding.EncodeToString(decoded)
			}
		}
	}
	for key, value := range written {
		text, ok := value.(string)
		if !ok {
			return given // the API server says what is wrong with it
		}
		merged[key] = base64.StdEncoding.EncodeToString([]byte(text))
	}
	result := maps.Clone(given)
	if len(merged) > 0 {
		result["data"] = merged
	}
	if len(written) > 0 {
		delete(result, "stringData")
	}
	return result
}

// inShapeOf is source without what shape does not have: the types' own zero values.
func inShapeOf(source, shape map[string]any) map[string]any {
	result := make(map[string]any, len(shape))
	for key, value := range source {
		if wanted, ok := shape[key]; ok {
			result[key] = valueInShapeOf(value, wanted)
		}
	}
	return result
}

func valueInShapeOf(value, shape any) any {
	switch value := value.(type) {
	case map[string]any:
		if shape, ok := shape.(map[string]any); ok {
			return inShapeOf(value, shape)
		}
	case []any:
		if shape, ok := shape.([]any); ok {
			return listInShapeOf(value, shape)
		}
	}
	return value
}

// listInShapeOf pairs elements by their place, as many as both have.
func listInShapeOf(values, shape []any) []any {
	result := make([]any, 0, len(shape))
	if len(values) == 0 || len(shape) == 0 {
		return result
	}
	if reflect.TypeOf(values[0]) != reflect.TypeOf(shape[0]) {
		return values
	}
	for i := range min(len(values), len(shape)) {
		result = append(result, valueInShapeOf(values[i], shape[i]))
	}
	return result
}
