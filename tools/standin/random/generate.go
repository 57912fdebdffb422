package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"

	"golang.org/x/crypto/bcrypt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// noID is the id of a resource that has none to show: an id is stored in the clear.
const noID = resource.ID("none")

// bcryptMax is how many bytes of a password bcrypt looks at.
const bcryptMax = 72

func generatePassword(inputs resource.PropertyMap) (resource.ID, resource.PropertyMap, error) {
	result, err := drawString(inputs)
	if err != nil {
		return "", nil, err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(result)[:min(len(result), bcryptMax)], bcrypt.DefaultCost)
	if err != nil {
		return "", nil, fmt.Errorf("could not hash the password: %w", err)
	}
	outputs := stringOutputs(inputs)
	outputs["result"] = secret(result)
	outputs["bcryptHash"] = secret(string(hash))
	return noID, outputs, nil
}

func generateString(inputs resource.PropertyMap) (resource.ID, resource.PropertyMap, error) {
	result, err := drawString(inputs)
	if err != nil {
		return "", nil, err
	}
	outputs := stringOutputs(inputs)
	outputs["result"] = resource.NewProperty(result)
	return resource.ID(result), outputs, nil
}

func generateID(inputs resource.PropertyMap) (resource.ID, resource.PropertyMap, error) {
	drawn := drawBytes(intInput(inputs, "byteLength", 0))
	prefix := stringInput(inputs, "prefix", "")
	b64Url := base64.RawURLEncoding.EncodeToString(drawn)
	return resource.ID(b64Url), resource.PropertyMap{
		"b64Std": resource.NewProperty(prefix + base64.StdEncoding.EncodeToString(drawn)),
		"b64Url": resource.NewProperty(prefix + b64Url),
		"hex":    resource.NewProperty(prefix + hex.EncodeToString(drawn)),
		"dec":    resource.NewProperty(prefix + new(big.Int).SetBytes(drawn).String()),
	}, nil
}

// generateBytes differs from the official provider in the id: that one's is the secret itself, base64, in the clear.
func generateBytes(inputs resource.PropertyMap) (resource.ID, resource.PropertyMap, error) {
	drawn := drawBytes(intInput(inputs, "length", 0))
	return noID, resource.PropertyMap{
		"base64": secret(base64.StdEncoding.EncodeToString(drawn)),
		"hex":    secret(hex.EncodeToString(drawn)),
	}, nil
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
