package main

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// deploymentInputs are a Deployment's as a program writes them.
func deploymentInputs() resource.PropertyMap {
	deployment := with("apps/v1", "Deployment", "spec", object{
		"replicas": 1, "selector": object{"matchLabels": object{"app": "x"}},
		"template": object{"spec": object{
			"securityContext": object{},
			"containers": []any{object{
				"name": "app", "image": "a",
				"env":       []any{object{"name": "TOKEN", "value": "t0ken"}, object{"name": "MODE", "value": "m"}},
				"resources": object{"requests": object{"memory": "2Gi", "cpu": 1}},
				"ports":     []any{object{"containerPort": 80}},
			}},
		}},
	})
	env := lookup(deployment, "spec", "template", "spec", "containers").ArrayValue()[0].ObjectValue()["env"].ArrayValue()
	env[0].ObjectValue()["value"] = resource.MakeSecret(env[0].ObjectValue()["value"])
	return deployment
}

// liveDeployment is what the API server makes of deploymentInputs, and of what others added since.
func liveDeployment() object {
	return object{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": object{"name": "x", "namespace": "n", "uid": "u", "labels": object{"added": "by others"}},
		"spec": object{
			"replicas": int64(1), "revisionHistoryLimit": int64(10),
			"selector": object{"matchLabels": object{"app": "x"}},
			"template": object{"spec": object{
				"containers": []any{
					object{"name": "sidecar", "image": "injected"},
					object{
						"name": "app", "image": "a", "imagePullPolicy": "Always",
						"env": []any{
							object{"name": "MODE", "value": "m"}, object{"name": "TOKEN", "value": "t0ken"},
						},
						"resources": object{"requests": object{"memory": "2048Mi", "cpu": "1000m"}},
						"ports":     []any{object{"containerPort": int64(80), "protocol": "TCP"}},
					},
				},
			}},
		},
		"status": object{"replicas": int64(1)},
	}
}

func TestDefaultsAndWhatOthersAddAreNoDrift(t *testing.T) {
	old := deploymentInputs()
	found := liveInputs(old, liveDeployment())
	if changes := diffInputs(old, found, nil); len(changes) > 0 {
		t.Errorf("drift: %v", changes)
	}
}

func TestManualEditsAreDriftAndStaySecret(t *testing.T) {
	live := liveDeployment()
	spec := live["spec"].(object)
	spec["replicas"] = int64(3)
	container := spec["template"].(object)["spec"].(object)["containers"].([]any)[1].(object)
	container["env"].([]any)[1].(object)["value"] = "changed"

	old := deploymentInputs()
	found := liveInputs(old, live)
	changes := diffInputs(old, found, nil)
	for _, path := range []string{"spec.replicas", "spec.template.spec.containers[0].env[0].value"} {
		if _, ok := changes[path]; !ok {
			t.Errorf("%s is not among the changes: %v", path, changes)
		}
	}
	if len(changes) != 2 {
		t.Errorf("drift: %v", changes)
	}
	if !lookup(found, "spec", "template", "spec", "containers").ContainsSecrets() {
		t.Error("the secret's new value is in the clear")
	}
}

func TestARuleTooManyIsDrift(t *testing.T) {
	old := with("networking.k8s.io/v1", "NetworkPolicy", "spec", object{
		"podSelector": object{}, "egress": []any{object{"ports": []any{object{"port": 53}}}},
	})
	live := object{"spec": object{
		"podSelector": object{"matchLabels": object{"none": "x"}},
		"egress":      []any{object{"ports": []any{object{"port": int64(53), "protocol": "TCP"}}}, object{}},
	}}
	changes := diffInputs(old, liveInputs(old, live), nil)
	for _, path := range []string{"spec.egress[1]", "spec.podSelector.matchLabels"} {
		if _, ok := changes[path]; !ok {
			t.Errorf("%s is not among the changes: %v", path, changes)
		}
	}
	if _, ok := changes["spec.egress[0].ports[0].protocol"]; ok {
		t.Error("a default counts as drift")
	}
}

func TestASecretsTextsAreKeptAsItsData(t *testing.T) {
	written := with("v1", "Secret", "stringData", object{"same": "a", "changed": "b", "gone": "c"})
	old := check(t, "kubernetes:core/v1:Secret", nil, written).Properties
	if _, ok := old["stringData"]; ok || !old["data"].IsSecret() {
		t.Fatalf("inputs: %v", old)
	}
	live := object{"apiVersion": "v1", "kind": "Secret", "data": object{"same": "YQ==", "changed": "eA=="},
		"metadata": object{"name": "x", "namespace": "n"}}
	found := liveInputs(old, live)
	changes := diffInputs(old, found, nil)
	if len(changes) != 2 || !found["data"].IsSecret() {
		t.Errorf("found %v, changes %v", found, changes)
	}
	for _, path := range []string{"data.changed", "data.gone"} {
		if _, ok := changes[path]; !ok {
			t.Errorf("%s is not among the changes: %v", path, changes)
		}
	}
	// A state of an earlier version has the texts themselves.
	if response := diff(t, &kubeProvider{}, written, old); response.Changes != plugin.DiffNone {
		t.Errorf("a Secret of an earlier version: %v", response.DetailedDiff)
	}
}

func TestNoSecretLeavesInTheOutputs(t *testing.T) {
	old := deploymentInputs()
	live := liveDeployment()
	live["metadata"].(object)["annotations"] = object{"kubectl.kubernetes.io/last-applied-configuration": "t0ken"}
	outputs := outputsOf(&unstructured.Unstructured{Object: live}, old, "manager", "apps/v1")
	if len(lookupRaw(outputs, "metadata", "annotations")) > 0 {
		t.Error("kubectl's copy of the object is in the state")
	}
	containers := lookupRaw(outputs, "spec", "template", "spec")["containers"]
	if !containers.IsSecret() {
		t.Error("the containers with the secret are in the clear")
	}
	asked := outputs[inputsKey].ObjectValue()
	if !asked.ContainsSecrets() || !asked.DeepEquals(old) {
		t.Error("the inputs in the outputs are in the clear, or not all")
	}
}

func lookupRaw(m resource.PropertyMap, keys ...resource.PropertyKey) resource.PropertyMap {
	return lookup(m, keys...).ObjectValue()
}
