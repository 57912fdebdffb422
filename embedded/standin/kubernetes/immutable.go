package main

import (
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// fieldPattern is the path of a field, by keys.
type fieldPattern []string

var (
	configMapKind = schema.GroupKind{Kind: "ConfigMap"}
	secretKind    = schema.GroupKind{Kind: "Secret"}

	// objectIdentity is what makes an object another one, of any kind.
	objectIdentity = fieldPatterns("kind", "metadata.name", "metadata.namespace")
	secretIdentity = fieldPatterns("type")
)

// immutableFields lists, by kind, the fields whose change replaces the object. It follows the official provider:
// mostly what the API server refuses to change, but also a ConfigMap's and a Secret's data, so that a new version
// comes beside the one that running pods use (enableConfigMapMutable and enableSecretMutable turn that off).
var immutableFields = map[schema.GroupKind][]fieldPattern{
	configMapKind: fieldPatterns("data", "binaryData"),
	secretKind:    fieldPatterns("type", "data", "stringData"),

	{Kind: "Service"}:       fieldPatterns("spec.clusterIP"),
	{Kind: "ResourceQuota"}: fieldPatterns("spec.scopes"),
	{Kind: "Pod"}:           fieldPatterns("spec"),
	{Kind: "PersistentVolumeClaim"}: fieldPatterns("spec.accessModes", "spec.selector", "spec.storageClassName",
		"spec.volumeName", "spec.volumeMode", "spec.dataSource", "spec.dataSourceRef"),
	{Kind: "PersistentVolume"}: fieldPatterns("spec.csi", "spec.fc", "spec.hostPath", "spec.iscsi", "spec.local",
		"spec.nfs"),

	{Group: "apps", Kind: "Deployment"}: fieldPatterns("spec.selector"),
	{Group: "apps", Kind: "DaemonSet"}:  fieldPatterns("spec.selector"),
	{Group: "apps", Kind: "StatefulSet"}: fieldPatterns("spec.selector", "spec.serviceName", "spec.podManagementPolicy",
		"spec.revisionHistoryLimit", "spec.volumeClaimTemplates"),
	{Group: "batch", Kind: "Job"}: fieldPatterns("spec.selector", "spec.template", "spec.completions",
		"spec.parallelism"),

	{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"}:        fieldPatterns("roleRef"),
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"}: fieldPatterns("roleRef"),

	{Group: "storage.k8s.io", Kind: "StorageClass"}: fieldPatterns("provisioner", "parameters", "reclaimPolicy",
		"volumeBindingMode"),
}

func fieldPatterns(paths ...string) []fieldPattern {
	patterns := make([]fieldPattern, len(paths))
	for i, path := range paths {
		patterns[i] = strings.Split(path, ".")
	}
	return patterns
}

// touchedBy says whether a change at path concerns the field: it is inside it, or it is of something around it and
// value, what came or went, has the field.
func (f fieldPattern) touchedBy(path resource.PropertyPath, value resource.PropertyValue) bool {
	for i, field := range f {
		if i == len(path) {
			return hasField(value, f[i:])
		}
		if path[i] != field {
			return false
		}
	}
	return true
}

func hasField(value resource.PropertyValue, fields []string) bool {
	for _, field := range fields {
		value = unwrap(value)
		if !value.IsObject() {
			return false
		}
		value = value.ObjectValue()[resource.PropertyKey(field)]
	}
	return !value.IsNull()
}
