package main

import (
	"context"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

func check(t *testing.T, kind tokens.Type, olds, news resource.PropertyMap) plugin.CheckResponse {
	t.Helper()
	response, err := (&kubeProvider{}).Check(context.Background(), plugin.CheckRequest{
		Name: "app", Type: kind, Olds: olds, News: news, RandomSeed: []byte("seed"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func TestApiVersionAndKindComeFromTheType(t *testing.T) {
	for token, wanted := range map[tokens.Type][2]string{
		"kubernetes:core/v1:Namespace":                {"v1", "Namespace"},
		"kubernetes:networking.k8s.io/v1:Ingress":     {"networking.k8s.io/v1", "Ingress"},
		"kubernetes:traefik.io/v1alpha1:IngressRoute": {"traefik.io/v1alpha1", "IngressRoute"},
	} {
		properties := check(t, token, nil, inputs(object{})).Properties
		got := [2]string{lookupString(properties, "apiVersion"), lookupString(properties, "kind")}
		if got != wanted {
			t.Errorf("%s: %v", token, got)
		}
	}
}

func TestAKindThatDoesNotFitTheTypeIsRefused(t *testing.T) {
	response := check(t, "kubernetes:core/v1:Secret", nil, inputs(object{"kind": "ConfigMap"}))
	if len(response.Failures) != 1 || response.Failures[0].Property != "kind" {
		t.Errorf("failures: %v", response.Failures)
	}
}

func TestANamelessObjectIsNamedOnce(t *testing.T) {
	first := check(t, "kubernetes:core/v1:ConfigMap", nil, inputs(object{})).Properties
	name := lookupString(first, "metadata", "name")
	if !strings.HasPrefix(name, "app-") || len(name) != len("app-")+8 || annotation(first, autonamed) != "true" {
		t.Fatalf("named %q, annotations %v", name, lookup(first, "metadata", "annotations"))
	}
	second := check(t, "kubernetes:core/v1:ConfigMap", first, inputs(object{})).Properties
	if again := lookupString(second, "metadata", "name"); again != name {
		t.Errorf("named %q, then %q", name, again)
	}
}

func TestASecretsDataIsSecretAndUnknownsStayUnknown(t *testing.T) {
	news := inputs(object{"stringData": object{"a": "b"}, "metadata": object{"name": "x"}})
	news["type"] = resource.MakeComputed(resource.NewProperty(""))
	properties := check(t, "kubernetes:core/v1:Secret", nil, news).Properties
	if !properties["stringData"].IsSecret() || !properties["type"].IsComputed() {
		t.Errorf("got %v", properties)
	}
}

func TestNullsAreAbsent(t *testing.T) {
	properties := check(t, "kubernetes:core/v1:ConfigMap", nil,
		inputs(object{"data": object{"a": nil, "b": "c"}, "immutable": nil})).Properties
	if _, ok := properties["immutable"]; ok || len(properties["data"].ObjectValue()) != 1 {
		t.Errorf("got %v", properties)
	}
}

func BenchmarkCheckOfADeployment(b *testing.B) {
	request := plugin.CheckRequest{Name: "app", Type: "kubernetes:apps/v1:Deployment", News: deploymentInputs()}
	p := &kubeProvider{}
	for b.Loop() {
		if _, err := p.Check(context.Background(), request); err != nil {
			b.Fatal(err)
		}
	}
}
