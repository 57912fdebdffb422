package main

import (
	"math"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// unwrap returns a value without the wrappers that make it secret.
func unwrap(value resource.PropertyValue) resource.PropertyValue {
	for value.IsSecret() {
		value = value.SecretValue().Element
	}
	return value
}

// lookup follows keys through nested objects, secret or not.
func lookup(object resource.PropertyMap, keys ...resource.PropertyKey) resource.PropertyValue {
	value := resource.NewProperty(object)
	for _, key := range keys {
		value = unwrap(value)
		if !value.IsObject() {
			return resource.PropertyValue{}
		}
		value = value.ObjectValue()[key]
	}
	return unwrap(value)
}

// lookupString is lookup for text; anything else, the unknown included, is "".
func lookupString(object resource.PropertyMap, keys ...resource.PropertyKey) string {
	if value := lookup(object, keys...); value.IsString() {
		return value.StringValue()
	}
	return ""
}

// annotation returns an annotation of the object that inputs describe.
func annotation(inputs resource.PropertyMap, key resource.PropertyKey) string {
	return lookupString(inputs, "metadata", "annotations", key)
}

// withoutNulls is a copy of an object without the keys whose value is null: to Kubernetes they are absent.
func withoutNulls(object resource.PropertyMap) resource.PropertyMap {
	clean := make(resource.PropertyMap, len(object))
	for key, value := range object {
		if !value.IsNull() {
			clean[key] = valueWithoutNulls(value)
		}
	}
	return clean
}

func valueWithoutNulls(value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsObject():
		return resource.NewProperty(withoutNulls(value.ObjectValue()))
	case value.IsArray():
		clean := make([]resource.PropertyValue, len(value.ArrayValue()))
		for i, element := range value.ArrayValue() {
			clean[i] = valueWithoutNulls(element)
		}
		return resource.NewProperty(clean)
	case value.IsSecret():
		return resource.MakeSecret(valueWithoutNulls(value.SecretValue().Element))
	}
	return value
}

// toObject makes what is sent to the API server. There must be nothing unknown in it.
func toObject(inputs resource.PropertyMap) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: plainMap(inputs)}
}

func plainMap(object resource.PropertyMap) map[string]any {
	plain := make(map[string]any, len(object))
	for key, value := range object {
		plain[schemaKey(string(key), "_", "-")] = toPlain(value)
	}
	return plain
}

func toPlain(value resource.PropertyValue) any {
	value = unwrap(value)
	switch {
	case value.IsObject():
		return plainMap(value.ObjectValue())
	case value.IsArray():
		plain := make([]any, len(value.ArrayValue()))
		for i, element := range value.ArrayValue() {
			plain[i] = toPlain(element)
		}
		return plain
	case value.IsNumber():
		number := value.NumberValue()
		if number == math.Trunc(number) {
			return int64(number)
		}
		return number
	case value.IsString():
		return value.StringValue()
	case value.IsBool():
		return value.BoolValue()
	}
	return nil
}

// fromPlain is the way back, from an object of the API server.
func fromPlain(plain any) resource.PropertyValue {
	switch plain := plain.(type) {
	case map[string]any:
		return resource.NewProperty(fromPlainMap(plain))
	case []any:
		values := make([]resource.PropertyValue, len(plain))
		for i, element := range plain {
			values[i] = fromPlain(element)
		}
		return resource.NewProperty(values)
	case int64:
		return resource.NewProperty(float64(plain))
	case float64:
		return resource.NewProperty(plain)
	case string:
		return resource.NewProperty(plain)
	case bool:
		return resource.NewProperty(plain)
	}
	return resource.NewNullProperty()
}

func fromPlainMap(plain map[string]any) resource.PropertyMap {
	object := make(resource.PropertyMap, len(plain))
	for key, value := range plain {
		object[resource.PropertyKey(schemaKey(key, "-", "_"))] = fromPlain(value)
	}
	return object
}

// schemaKey translates the keys of a CustomResourceDefinition's schema such as x-kubernetes-int-or-string, which
// @pulumi/kubernetes spells with underscores.
func schemaKey(key, from, to string) string {
	if strings.HasPrefix(key, "x"+from+"kubernetes"+from) {
		return strings.ReplaceAll(key, from, to)
	}
	return key
}
