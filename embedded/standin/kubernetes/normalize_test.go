package main

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestInputsAreSpeltAsKubernetesTypesWriteThem(t *testing.T) {
	policy := "admissionregistration.k8s.io/v1"
	unknown := with("v1", "ResourceQuota", "spec", object{"hard": object{"pods": "2048Mi"}})
	unknown["status"] = resource.MakeComputed(resource.NewProperty(""))
	for name, test := range map[string]struct{ given, wanted resource.PropertyMap }{
		"quantities": {
			with("v1", "ResourceQuota", "spec", object{"hard": object{"limits.memory": "2048Mi", "limits.cpu": 0.5}}),
			with("v1", "ResourceQuota", "spec", object{"hard": object{"limits.memory": "2Gi", "limits.cpu": "500m"}}),
		},
		"an empty list": {
			with(policy, "ValidatingAdmissionPolicy", "spec", object{"variables": []any{}, "failurePolicy": "Fail"}),
			with(policy, "ValidatingAdmissionPolicy", "spec", object{"failurePolicy": "Fail"}),
		},
		"no defaults": {
			with("v1", "Service", "spec", object{"clusterIP": "None"}),
			with("v1", "Service", "spec", object{"clusterIP": "None"}),
		},
		"a kind of its own": {
			with("postgresql.cnpg.io/v1", "Cluster", "spec", object{"storage": object{"size": "1024Mi"}, "env": []any{}}),
			with("postgresql.cnpg.io/v1", "Cluster", "spec", object{"storage": object{"size": "1024Mi"}, "env": []any{}}),
		},
		"what is not a quantity": {
			with("v1", "ResourceQuota", "spec", object{"hard": object{"limits.memory": "much"}}),
			with("v1", "ResourceQuota", "spec", object{"hard": object{"limits.memory": "much"}}),
		},
		"data over several lines": {
			with("v1", "Secret", "data", object{"a": "Zm\n9v"}),
			with("v1", "Secret", "data", object{"a": "Zm9v"}),
		},
		"something unknown": {unknown, unknown},
	} {
		found := normalized(test.given)
		if test.given["kind"].StringValue() == "Secret" {
			markSecrets(test.wanted, nil)
		}
		if difference := test.wanted.Diff(found); difference != nil {
			t.Errorf("%s: %v", name, difference)
		}
	}
}

func TestWhatIsSecretStaysSoWhenItIsSpeltAnotherWay(t *testing.T) {
	inputs := with("v1", "ConfigMap", "data", object{"open": "a"})
	inputs["data"].ObjectValue()["closed"] = resource.MakeSecret(resource.NewProperty("b"))
	data := normalized(inputs)["data"].ObjectValue()
	if data["open"].IsSecret() || !data["closed"].IsSecret() {
		t.Errorf("data: %v", data)
	}
}

func BenchmarkNormalizedDeployment(b *testing.B) {
	deployment := deploymentInputs()
	for b.Loop() {
		normalized(deployment)
	}
}
