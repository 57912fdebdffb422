package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// listKeys says by which keys the API server merges the elements of a list, by the list's field name. A list that is
// not here it replaces as a whole.
var listKeys = map[string][]string{
	"containers":                {"name"},
	"initContainers":            {"name"},
	"ephemeralContainers":       {"name"},
	"env":                       {"name"},
	"volumes":                   {"name"},
	"volumeMounts":              {"mountPath"},
	"volumeDevices":             {"devicePath"},
	"imagePullSecrets":          {"name"},
	"hostAliases":               {"ip"},
	"topologySpreadConstraints": {"topologyKey", "whenUnsatisfiable"},
	"ownerReferences":           {"uid"},
	"webhooks":                  {"name"},
	"matchConditions":           {"name"},
}

// atomicObjects are objects that the API server replaces as a whole, so that a key too many in them is drift.
var atomicObjects = map[string]bool{
	"selector": true, "labelSelector": true, "podSelector": true, "namespaceSelector": true, "objectSelector": true,
	"matchLabels": true, "nodeSelector": true,
}

// mergeKeys returns the keys of the list at path. Ports have them in a container and in a Service, not in a
// NetworkPolicy's rule.
func mergeKeys(path resource.PropertyPath, live []any) []string {
	field, _ := path[len(path)-1].(string)
	if field != "ports" || len(live) == 0 {
		return listKeys[field]
	}
	first, _ := live[0].(map[string]any)
	if _, ok := first["containerPort"]; ok {
		return []string{"containerPort", "protocol"}
	}
	if len(path) == 2 && path[0] == "spec" {
		return []string{"port", "protocol"}
	}
	return nil
}

// findByKeys returns the live element that a wanted one is merged with. A key that the program left to its default
// is not compared.
func findByKeys(keys []string, wanted resource.PropertyValue, live []any) any {
	if !wanted.IsObject() {
		return nil
	}
	for _, candidate := range live {
		element, ok := candidate.(map[string]any)
		if ok && hasKeys(keys, wanted.ObjectValue(), element) {
			return element
		}
	}
	return nil
}

func hasKeys(keys []string, wanted resource.PropertyMap, element map[string]any) bool {
	for _, key := range keys {
		value := unwrap(wanted[resource.PropertyKey(key)])
		if !value.IsNull() && !value.DeepEquals(fromPlain(element[key])) {
			return false
		}
	}
	return true
}

// isAtomic says whether the object at path is replaced as a whole.
func isAtomic(path resource.PropertyPath) bool {
	if len(path) == 0 {
		return false
	}
	field, _ := path[len(path)-1].(string)
	return atomicObjects[field]
}
