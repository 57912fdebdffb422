package main

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// markSecrets makes secret in outputs what is secret in inputs, and a Secret's data always. Lists are secret as a
// whole: their order may differ.
func markSecrets(outputs, inputs resource.PropertyMap) {
	if lookupString(outputs, "kind") == secretKind.Kind && lookupString(outputs, "apiVersion") == "v1" {
		for _, field := range []resource.PropertyKey{"data", "stringData"} {
			if value, ok := outputs[field]; ok && !value.IsSecret() {
				outputs[field] = resource.MakeSecret(value)
			}
		}
	}
	for key, input := range inputs {
		output, ok := outputs[key]
		switch {
		case !ok || output.IsSecret():
		case input.IsObject() && output.IsObject():
			markSecrets(output.ObjectValue(), input.ObjectValue())
		case input.ContainsSecrets():
			outputs[key] = resource.MakeSecret(output)
		}
	}
}

// shortestSecret is the length below which a secret text is not looked for in messages: it would hide half of them.
const shortestSecret = 4

// redact removes the secret texts of inputs from a message: the API server quotes the values that it refuses.
func redact(message string, inputs resource.PropertyMap) string {
	eachSecretText(resource.NewProperty(inputs), false, func(text string) {
		if len(text) >= shortestSecret {
			message = strings.ReplaceAll(message, text, "[secret]")
		}
	})
	return message
}

func eachSecretText(value resource.PropertyValue, secret bool, visit func(string)) {
	switch {
	case value.IsSecret():
		eachSecretText(value.SecretValue().Element, true, visit)
	case value.IsObject():
		for _, nested := range value.ObjectValue() {
			eachSecretText(nested, secret, visit)
		}
	case value.IsArray():
		for _, nested := range value.ArrayValue() {
			eachSecretText(nested, secret, visit)
		}
	case value.IsString() && secret:
		visit(value.StringValue())
	}
}
