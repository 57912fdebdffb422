package main

import (
	"fmt"
	"math"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// input returns an input without the wrapper that makes it secret.
func input(inputs resource.PropertyMap, key resource.PropertyKey) resource.PropertyValue {
	value := inputs[key]
	for value.IsSecret() {
		value = value.SecretValue().Element
	}
	return value
}

// withoutSecrets is a copy of a value without the wrappers that make it or parts of it secret.
func withoutSecrets(value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsSecret():
		return withoutSecrets(value.SecretValue().Element)
	case value.IsObject():
		plain := resource.PropertyMap{}
		for key, nested := range value.ObjectValue() {
			plain[key] = withoutSecrets(nested)
		}
		return resource.NewProperty(plain)
	}
	return value
}

// intInput returns a whole number, or fallback where there is none.
func intInput(inputs resource.PropertyMap, key resource.PropertyKey, fallback int) int {
	if value := input(inputs, key); value.IsNumber() {
		return int(value.NumberValue())
	}
	return fallback
}

func boolInput(inputs resource.PropertyMap, key resource.PropertyKey, fallback bool) bool {
	if value := input(inputs, key); value.IsBool() {
		return value.BoolValue()
	}
	return fallback
}

func stringInput(inputs resource.PropertyMap, key resource.PropertyKey, fallback string) string {
	if value := input(inputs, key); value.IsString() {
		return value.StringValue()
	}
	return fallback
}

// validateLength wants a whole number above zero.
func validateLength(key resource.PropertyKey) func(resource.PropertyMap) []plugin.CheckFailure {
	return func(inputs resource.PropertyMap) []plugin.CheckFailure {
		value := input(inputs, key)
		switch {
		case value.IsComputed():
			return nil // known later, checked then
		case !value.IsNumber() || value.NumberValue() < 1 || value.NumberValue() != math.Trunc(value.NumberValue()):
			return []plugin.CheckFailure{{Property: key, Reason: fmt.Sprintf("%s must be a whole number of at least 1", key)}}
		}
		return nil
	}
}

// validateString checks the inputs of RandomPassword and RandomString.
func validateString(inputs resource.PropertyMap) []plugin.CheckFailure {
	if failures := validateLength("length")(inputs); failures != nil || inputs.ContainsUnknowns() {
		return failures
	}
	_, err := newAlphabet(inputs)
	if err != nil {
		return []plugin.CheckFailure{{Property: "length", Reason: err.Error()}}
	}
	return nil
}
