package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// liveInputs are the old inputs with the values that the live object has in their place. What differs from the old
// inputs is drift. Fields that the program never asked for are left out: the API server's defaults and what
// controllers add are not drift.
func liveInputs(old resource.PropertyMap, live map[string]any) resource.PropertyMap {
	return projectObject(nil, old, live)
}

// project returns what the live object has where the old inputs have old. There is always a live value.
func project(path resource.PropertyPath, old resource.PropertyValue, live any) resource.PropertyValue {
	plainOld := unwrap(old)
	var found resource.PropertyValue
	switch live := live.(type) {
	case map[string]any:
		if plainOld.IsObject() && !isAtomic(path) {
			found = resource.NewProperty(projectObject(path, plainOld.ObjectValue(), live))
		} else {
			found = fromPlain(live)
		}
	case []any:
		if plainOld.IsArray() {
			found = projectArray(path, plainOld, live)
		} else {
			found = fromPlain(live)
		}
	default:
		found = fromPlain(live)
	}
	if sameScalar(parentField(path), plainOld, unwrap(found)) {
		found = plainOld // spelt as the program spells it
	}
	return asSecretAs(old, found)
}

func projectObject(path resource.PropertyPath, old resource.PropertyMap, live map[string]any) resource.PropertyMap {
	found := make(resource.PropertyMap, len(old))
	for key, oldValue := range old {
		liveValue, ok := live[schemaKey(string(key), "_", "-")]
		switch {
		case ok:
			found[key] = project(append(path, string(key)), oldValue, liveValue)
		case isEmpty(unwrap(oldValue)):
			found[key] = oldValue // the API server leaves empty values out
		}
	}
	return found
}

// projectArray pairs the elements of a list by the key that the API server merges them by, if it does, and keeps the
// program's order; elements that others added are theirs. In any other list an element is what its place says, and
// one too many is drift.
func projectArray(path resource.PropertyPath, old resource.PropertyValue, live []any) resource.PropertyValue {
	found := []resource.PropertyValue{}
	if keys := mergeKeys(path, live); keys != nil {
		for i, element := range old.ArrayValue() {
			if match := findByKeys(keys, unwrap(element), live); match != nil {
				found = append(found, project(append(path, i), element, match))
			}
		}
		return resource.NewProperty(found)
	}
	for i, element := range live {
		if i < len(old.ArrayValue()) {
			found = append(found, project(append(path, i), old.ArrayValue()[i], element))
		} else {
			found = append(found, fromPlain(element))
		}
	}
	if old.ContainsSecrets() {
		// An element that moved takes its secret to a place where none was.
		return resource.MakeSecret(resource.NewProperty(found))
	}
	return resource.NewProperty(found)
}

// isEmpty says whether a value is one that the API server may drop: the zero value of its type.
func isEmpty(value resource.PropertyValue) bool {
	switch {
	case value.IsObject():
		return len(value.ObjectValue()) == 0
	case value.IsArray():
		return len(value.ArrayValue()) == 0
	case value.IsString():
		return value.StringValue() == ""
	case value.IsBool():
		return !value.BoolValue()
	case value.IsNumber():
		return value.NumberValue() == 0
	}
	return value.IsNull()
}

// asSecretAs makes value secret if model is, or if what was secret in model cannot be told in value any more.
func asSecretAs(model, value resource.PropertyValue) resource.PropertyValue {
	if !value.IsSecret() && (model.IsSecret() || model.ContainsSecrets() && !value.ContainsSecrets()) {
		return resource.MakeSecret(value)
	}
	return value
}
