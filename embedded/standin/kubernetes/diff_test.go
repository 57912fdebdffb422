package main

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

type object = map[string]any

func inputs(values object) resource.PropertyMap { return resource.NewPropertyMapFromMap(values) }

// with is an object of a kind, named x in namespace n, with one more field.
func with(apiVersion, kind, field string, value any) resource.PropertyMap {
	return inputs(object{
		"apiVersion": apiVersion, "kind": kind, "metadata": object{"name": "x", "namespace": "n"}, field: value,
	})
}

func diff(t *testing.T, p *kubeProvider, old, updated resource.PropertyMap) plugin.DiffResponse {
	t.Helper()
	response, err := p.Diff(context.Background(), plugin.DiffRequest{OldInputs: old, NewInputs: updated})
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func TestAChangeIsReportedByItsPath(t *testing.T) {
	pod := func(image string) resource.PropertyMap {
		return with("apps/v1", "Deployment", "spec", object{"template": object{"spec": object{
			"containers": []any{object{"name": "app", "image": image}},
		}}})
	}
	response := diff(t, &kubeProvider{}, pod("a"), pod("b"))
	change, ok := response.DetailedDiff["spec.template.spec.containers[0].image"]
	if !ok || len(response.DetailedDiff) != 1 || change.Kind != plugin.DiffUpdate || !change.InputDiff {
		t.Errorf("got %v", response.DetailedDiff)
	}
}

func TestEqualQuantitiesAreNoChangeWhereQuantitiesStand(t *testing.T) {
	quota := func(cpu any) resource.PropertyMap {
		return with("v1", "ResourceQuota", "spec", object{"hard": object{"requests.cpu": cpu}})
	}
	for _, spelling := range []any{"1", "1000m", 1.0} {
		if response := diff(t, &kubeProvider{}, quota("1000m"), quota(spelling)); response.Changes != plugin.DiffNone {
			t.Errorf("1000m and %v: %v", spelling, response.DetailedDiff)
		}
	}
	data := func(text string) resource.PropertyMap { return with("v1", "ConfigMap", "data", object{"cpu": text}) }
	if response := diff(t, &kubeProvider{}, data("1"), data("1000m")); response.Changes != plugin.DiffSome {
		t.Error("text that only looks like a quantity did not count as changed")
	}
}

func TestBecomingSecretIsNoChange(t *testing.T) {
	old := with("v1", "ConfigMap", "data", object{"a": "b"})
	updated := with("v1", "ConfigMap", "data", object{})
	updated["data"] = resource.MakeSecret(old["data"])
	if response := diff(t, &kubeProvider{}, old, updated); response.Changes != plugin.DiffNone {
		t.Errorf("got %v", response.DetailedDiff)
	}
}

func TestWhatCannotBeChangedIsReplaced(t *testing.T) {
	claim := func(class, storage string) resource.PropertyMap {
		return with("v1", "PersistentVolumeClaim", "spec", object{
			"storageClassName": class, "resources": object{"requests": object{"storage": storage}},
		})
	}
	mutable := &kubeProvider{settings: settings{configMapMutable: true, secretMutable: true}}
	for name, test := range map[string]struct {
		provider     *kubeProvider
		old, updated resource.PropertyMap
		replaced     bool
	}{
		"a claim's class":          {nil, claim("a", "1Gi"), claim("b", "1Gi"), true},
		"a claim's size":           {nil, claim("a", "1Gi"), claim("a", "2Gi"), false},
		"a whole spec that goes":   {nil, claim("a", "1Gi"), with("v1", "PersistentVolumeClaim", "x", 1), true},
		"a ConfigMap's data":       {nil, with("v1", "ConfigMap", "data", 1), with("v1", "ConfigMap", "data", 2), true},
		"a mutable ConfigMap's":    {mutable, with("v1", "ConfigMap", "data", 1), with("v1", "ConfigMap", "data", 2), false},
		"a mutable Secret's data":  {mutable, with("v1", "Secret", "data", 1), with("v1", "Secret", "data", 2), false},
		"a mutable Secret's type":  {mutable, with("v1", "Secret", "type", 1), with("v1", "Secret", "type", 2), true},
		"another version":          {nil, with("a/v1", "K", "x", 1), with("a/v2", "K", "x", 1), false},
		"another group":            {nil, with("a/v1", "K", "x", 1), with("b/v1", "K", "x", 1), true},
		"a field of the same name": {nil, with("v1", "K", "data", 1), with("v1", "K", "data", 2), false},
	} {
		provider := test.provider
		if provider == nil {
			provider = &kubeProvider{}
		}
		response := diff(t, provider, test.old, test.updated)
		if response.Replace() != test.replaced || response.Changes != plugin.DiffSome {
			t.Errorf("%s: replaced is %v: %v", name, response.Replace(), response.DetailedDiff)
		}
		if response.DeleteBeforeReplace != test.replaced {
			t.Errorf("%s: has the program's name, so deleting first should be %v", name, test.replaced)
		}
	}
}

func TestAnAutonamedObjectIsReplacedBesideTheOldOne(t *testing.T) {
	named := func(data string) resource.PropertyMap {
		return inputs(object{"apiVersion": "v1", "kind": "ConfigMap", "data": object{"a": data}, "metadata": object{
			"name": "x-1", "annotations": object{autonamed: "true"},
		}})
	}
	response := diff(t, &kubeProvider{}, named("1"), named("2"))
	if !response.Replace() || response.DeleteBeforeReplace {
		t.Errorf("replace %v, delete first %v", response.Replace(), response.DeleteBeforeReplace)
	}
}

func BenchmarkDiffOfAnUnchangedDeployment(b *testing.B) {
	deployment := deploymentInputs()
	p := &kubeProvider{}
	for b.Loop() {
		if _, err := p.Diff(context.Background(), plugin.DiffRequest{OldInputs: deployment, NewInputs: deployment}); err != nil {
			b.Fatal(err)
		}
	}
}
