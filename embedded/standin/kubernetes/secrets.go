package main

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"
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

// redact removes the secret texts of inputs from messages: the API server quotes the values that it refuses, and a
// container's runtime the command that it could not start. A Secret's texts reach both in base64 as well.
func redact(inputs resource.PropertyMap, messages ...string) []string {
	var forms []string
	eachSecretText(resource.NewProperty(inputs), false, func(text string) {
		if len(text) >= shortestSecret {
			quoted := strconv.Quote(text)
			forms = append(forms, text, quoted[1:len(quoted)-1], base64.StdEncoding.EncodeToString([]byte(text)))
		}
	})
	// The longest first: where one is part of another the rest would stay.
	slices.SortFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	clean := slices.Clone(messages)
	for i := range clean {
		for _, form := range forms {
			clean[i] = strings.ReplaceAll(clean[i], form, "[secret]")
		}
	}
	return clean
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
