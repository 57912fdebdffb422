package main

import (
	"math"
	"strconv"

	"k8s.io/apimachinery/pkg/api/resource"

	pulumi "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// quantityParents hold quantities of resources by name: limits.cpu, hard["requests.memory"].
var quantityParents = map[string]bool{
	"limits": true, "requests": true, "hard": true, "capacity": true, "default": true, "defaultRequest": true,
	"max": true, "min": true, "maxLimitRequestRatio": true, "overhead": true, "podFixed": true,
}

// parentField is the name of the object that a path's last field is in, list indices left out.
func parentField(path pulumi.PropertyPath) string {
	for i := len(path) - 2; i >= 0; i-- {
		if name, ok := path[i].(string); ok {
			return name
		}
	}
	return ""
}

// sameScalar says whether two values mean the same where they stand: in an object of quantities "1" is "1000m" and
// "2Gi" is "2048Mi".
func sameScalar(parent string, a, b pulumi.PropertyValue) bool {
	if a.DeepEquals(b) {
		return true
	}
	if !quantityParents[parent] {
		return false
	}
	left, leftErr := parseQuantity(a)
	right, rightErr := parseQuantity(b)
	return leftErr == nil && rightErr == nil && left.Cmp(right) == 0
}

// parseQuantity also takes a number: `cpu: 2` is what a program may well write.
func parseQuantity(value pulumi.PropertyValue) (resource.Quantity, error) {
	switch {
	case value.IsString():
		return resource.ParseQuantity(value.StringValue())
	case value.IsNumber() && !math.IsNaN(value.NumberValue()):
		return resource.ParseQuantity(strconv.FormatFloat(value.NumberValue(), 'f', -1, 64))
	}
	return resource.Quantity{}, resource.ErrFormatWrong
}
