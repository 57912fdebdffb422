package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"math/big"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// generated is a resource with its value: drawn, or given by an import.
type generated struct {
	id      resource.ID
	inputs  resource.PropertyMap
	outputs resource.PropertyMap // beside the inputs, which are outputs too
}

// properties are all of the resource's outputs.
func (g generated) properties() resource.PropertyMap {
	properties := maps.Clone(g.inputs)
	maps.Copy(properties, g.outputs)
	return properties
}

// noID is the id of a resource that has none to show: an id is stored in the clear.
const noID = resource.ID("none")

// What the official plugin keeps for itself in the state: the version of its schema, and how its own state differs from
// what is recorded.
const (
	metaKey     = "__meta"
	rawStateKey = "__pulumi_raw_state_delta"
)

// rawState is that difference: a map says that it is one, and what may be given and is not is null there.
func rawState(inputs resource.PropertyMap, optional ...resource.PropertyKey) resource.PropertyValue {
	properties := resource.PropertyMap{}
	for _, key := range optional {
		switch value := input(inputs, key); {
		case value.IsNull():
			null := resource.PropertyMap{"raw": resource.NewNullProperty()}
			properties[key] = resource.MakeSecret(object("replace", resource.NewProperty(null)))
		case value.IsObject():
			properties[key] = object("map", resource.NewProperty(resource.PropertyMap{}))
		}
	}
	return object("obj", object("ps", resource.NewProperty(properties)))
}

func object(key resource.PropertyKey, value resource.PropertyValue) resource.PropertyValue {
	return resource.NewProperty(resource.PropertyMap{key: value})
}

// bcryptMax is how many bytes of a password bcrypt looks at.
const bcryptMax = 72

func generatePassword(inputs resource.PropertyMap) (generated, error) {
	result, err := drawString(inputs)
	if err != nil {
		return generated{}, err
	}
	return passwordOf(inputs, result)
}

// importPassword takes the password itself for the id.
func importPassword(id string) (generated, error) {
	return passwordOf(resource.PropertyMap{"length": resource.NewProperty(float64(len(id)))}, id)
}

func passwordOf(inputs resource.PropertyMap, result string) (generated, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(result)[:min(len(result), bcryptMax)], bcrypt.DefaultCost)
	if err != nil {
		return generated{}, fmt.Errorf("could not hash the password: %w", err)
	}
	outputs := stringOutputs(inputs)
	outputs["id"] = resource.NewProperty(string(noID))
	outputs["result"] = secret(result)
	outputs["bcryptHash"] = secret(string(hash))
	outputs[metaKey] = resource.NewProperty(`{"schema_version":"3"}`)
	outputs[rawStateKey] = rawState(inputs, "keepers", "overrideSpecial")
	return generated{noID, inputs, outputs}, nil
}

func generateString(inputs resource.PropertyMap) (generated, error) {
	result, err := drawString(inputs)
	if err != nil {
		return generated{}, err
	}
	return stringOf(inputs, result), nil
}

func importString(id string) (generated, error) {
	return stringOf(resource.PropertyMap{"length": resource.NewProperty(float64(len(id)))}, id), nil
}

func stringOf(inputs resource.PropertyMap, result string) generated {
	outputs := stringOutputs(inputs)
	outputs["result"] = resource.NewProperty(result)
	return generated{resource.ID(result), inputs, outputs}
}

func generateID(inputs resource.PropertyMap) (generated, error) {
	return idOf(inputs, drawBytes(intInput(inputs, "byteLength", 0))), nil
}

// importID takes b64Url for the id, after a prefix and a comma if it has one.
func importID(id string) (generated, error) {
	inputs := resource.PropertyMap{}
	encoded := id
	if comma := strings.LastIndex(id, ","); comma >= 0 {
		inputs["prefix"] = resource.NewProperty(id[:comma])
		encoded = id[comma+1:]
	}
	drawn, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return generated{}, fmt.Errorf("the id to import must be b64Url or PREFIX,b64Url: %w", err)
	}
	inputs["byteLength"] = resource.NewProperty(float64(len(drawn)))
	return idOf(inputs, drawn), nil
}

func idOf(inputs resource.PropertyMap, drawn []byte) generated {
	prefix := stringInput(inputs, "prefix", "")
	b64Url := base64.RawURLEncoding.EncodeToString(drawn)
	return generated{resource.ID(b64Url), inputs, resource.PropertyMap{
		"b64Std": resource.NewProperty(prefix + base64.StdEncoding.EncodeToString(drawn)),
		"b64Url": resource.NewProperty(prefix + b64Url),
		"hex":    resource.NewProperty(prefix + hex.EncodeToString(drawn)),
		"dec":    resource.NewProperty(prefix + new(big.Int).SetBytes(drawn).String()),
	}}
}

func generateBytes(inputs resource.PropertyMap) (generated, error) {
	return bytesOf(inputs, drawBytes(intInput(inputs, "length", 0))), nil
}

// importBytes takes the bytes themselves, base64, for the id.
func importBytes(id string) (generated, error) {
	drawn, err := base64.StdEncoding.DecodeString(id)
	if err != nil {
		return generated{}, fmt.Errorf("the id to import must be the bytes in base64: %w", err)
	}
	return bytesOf(resource.PropertyMap{"length": resource.NewProperty(float64(len(drawn)))}, drawn), nil
}

// bytesOf has the secret itself for the id, as the official provider does: in the clear, wherever ids are shown. Who
// needs a secret takes RandomPassword.
func bytesOf(inputs resource.PropertyMap, drawn []byte) generated {
	encoded := base64.StdEncoding.EncodeToString(drawn)
	return generated{resource.ID(encoded), inputs, resource.PropertyMap{
		"base64":    secret(encoded),
		"hex":       secret(hex.EncodeToString(drawn)),
		rawStateKey: rawState(inputs, "keepers"),
	}}
}

func drawString(inputs resource.PropertyMap) (string, error) {
	alphabet, err := newAlphabet(inputs)
	if err != nil {
		return "", err
	}
	return alphabet.draw()
}

// drawBytes needs no error: crypto/rand.Read never returns one, it ends the process instead.
func drawBytes(length int) []byte {
	drawn := make([]byte, length)
	_, _ = rand.Read(drawn)
	return drawn
}

// stringOutputs are the inputs that have a default, as the official provider reports them.
func stringOutputs(inputs resource.PropertyMap) resource.PropertyMap {
	outputs := resource.PropertyMap{}
	for _, key := range []resource.PropertyKey{"upper", "lower", "special"} {
		outputs[key] = resource.NewProperty(boolInput(inputs, key, true))
	}
	numeric := resource.NewProperty(boolInput(inputs, "numeric", true) && boolInput(inputs, "number", true))
	outputs["numeric"], outputs["number"] = numeric, numeric
	for _, key := range []resource.PropertyKey{"minUpper", "minLower", "minNumeric", "minSpecial"} {
		outputs[key] = resource.NewProperty(float64(intInput(inputs, key, 0)))
	}
	return outputs
}

func secret(value string) resource.PropertyValue {
	return resource.MakeSecret(resource.NewProperty(value))
}
