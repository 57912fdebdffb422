package main

import (
	"context"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"openclaw.invalid/tools/standin/internal/states"
)

const statesFolder = "../../../test/upgrade/states"

func recorded(t *testing.T, name string) map[resource.URN]states.Resource {
	t.Helper()
	found, err := states.Load(statesFolder, name, "kubernetes")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// eachRecorded calls visit with what the official plugin recorded of every object after every step, and with the inputs
// as the program wrote them.
func eachRecorded(t *testing.T, visit func(step string, official states.Resource, written resource.PropertyMap)) {
	t.Helper()
	for _, step := range states.Steps {
		standIn := recorded(t, "stand-in-"+step)
		for urn, official := range recorded(t, "official-"+step) {
			other, ok := standIn[urn]
			if !ok {
				t.Fatalf("%s: no stand-in recorded %s", step, urn)
			}
			spelling, values := resource.NewProperty(other.Inputs), resource.NewProperty(official.Inputs)
			visit(step, official, asWritten("", spelling, values).ObjectValue())
		}
	}
}

func checked(t *testing.T, p *kubeProvider, official states.Resource, written resource.PropertyMap) resource.PropertyMap {
	t.Helper()
	response, err := p.Check(context.Background(), plugin.CheckRequest{
		URN: official.URN, Name: official.URN.Name(), Type: official.Type, Olds: official.Inputs, News: written,
	})
	if err != nil || len(response.Failures) > 0 {
		t.Fatalf("%s: %v %v", official.URN, err, response.Failures)
	}
	return response.Properties
}

var likeTheProgram = settings{configMapMutable: true, secretMutable: true, upsert: true}

func TestWhatTheOfficialPluginRecordedIsNoChange(t *testing.T) {
	p := &kubeProvider{settings: likeTheProgram}
	respelt := 0
	eachRecorded(t, func(step string, official states.Resource, written resource.PropertyMap) {
		if !written.DeepEquals(official.Inputs) {
			respelt++
		}
		inputs := checked(t, p, official, written)
		if difference := official.Inputs.Diff(inputs); difference != nil {
			t.Errorf("%s: %s: inputs differ: %v", step, official.URN.Name(), difference)
		}
		response, err := p.Diff(context.Background(), plugin.DiffRequest{
			URN: official.URN, ID: official.ID, OldInputs: official.Inputs, OldOutputs: official.Outputs, NewInputs: inputs,
		})
		if err != nil || response.Changes != plugin.DiffNone {
			t.Errorf("%s: %s: %v %v", step, official.URN.Name(), response.DetailedDiff, err)
		}
	})
	if respelt == 0 {
		t.Error("the program wrote nothing that the official plugin writes another way: this test shows nothing")
	}
}

func TestAStateOfAnEarlierStandInIsNoChange(t *testing.T) {
	p := &kubeProvider{settings: likeTheProgram}
	for _, step := range states.Steps {
		for _, old := range recorded(t, "stand-in-"+step) {
			response, err := p.Diff(context.Background(), plugin.DiffRequest{
				URN: old.URN, ID: old.ID, OldInputs: old.Inputs, NewInputs: checked(t, p, old, old.Inputs),
			})
			if err != nil || response.Changes != plugin.DiffNone {
				t.Errorf("%s: %s: %v %v", step, old.URN.Name(), response.DetailedDiff, err)
			}
		}
	}
}

func TestTheStateIsWhatTheOfficialPluginWrites(t *testing.T) {
	p := &kubeProvider{settings: likeTheProgram}
	eachRecorded(t, func(step string, official states.Resource, written resource.PropertyMap) {
		live := &unstructured.Unstructured{Object: plainMap(official.Outputs)}
		for _, key := range []string{inputsKey, fieldManagerKey, initialAPIVersionKey} {
			delete(live.Object, key)
		}
		inputs := checked(t, p, official, written)
		manager := fieldManager(official.URN, inputs, nil)
		outputs := outputsOf(live, inputs, manager, initialVersion(nil, inputs))
		if difference := official.Outputs.Diff(outputs); difference != nil {
			t.Errorf("%s: %s: outputs differ: %v", step, official.URN.Name(), difference)
		}
		if !official.Outputs.DeepEquals(outputs) {
			t.Errorf("%s: %s: not everything that the official plugin keeps secret is, or more", step, official.URN.Name())
		}
		if idOf(live) != official.ID {
			t.Errorf("%s: %s: id %q", step, official.URN.Name(), idOf(live))
		}
		if changed, replaced := officialChanges(outputs, written); len(changed) > 0 || replaced {
			t.Errorf("%s: %s: the official plugin would change %v", step, official.URN.Name(), changed)
		}
	})
}

// What happened before the state had the inputs, so that the rule by which officialChanges judges is seen to find it.
func TestTheOfficialPluginReplacesWhatAnEarlierStandInWrote(t *testing.T) {
	updated, replacements := 0, 0
	for urn, old := range recorded(t, "stand-in-5offboard") {
		if strings.HasSuffix(urn.Name(), "-final-backup") {
			continue // the program's once, for the update that offboards
		}
		changed, replaced := officialChanges(old.Outputs, old.Inputs)
		if replaced {
			replacements++
		} else if len(changed) > 0 {
			updated++
		}
	}
	// As the official plugin itself planned on this very state.
	if updated != 17 || replacements != 78 {
		t.Errorf("%d updated, %d replaced", updated, replacements)
	}
}

func TestARealChangeIsOneForBothPlugins(t *testing.T) {
	p := &kubeProvider{settings: likeTheProgram}
	before := recorded(t, "official-0base")
	changed := 0
	for urn, after := range recorded(t, "official-2plan") {
		old, ok := before[urn]
		if !ok || gvkOfInputs(old.Inputs).Kind != "ResourceQuota" || old.Inputs.DeepEquals(after.Inputs) {
			continue
		}
		changed++
		response, err := p.Diff(context.Background(), plugin.DiffRequest{OldInputs: old.Inputs, NewInputs: after.Inputs})
		properties, replaced := officialChanges(old.Outputs, after.Inputs)
		if err != nil || response.Changes != plugin.DiffSome || response.Replace() || len(properties) != 1 || replaced {
			t.Errorf("%s: %v; the official plugin: %v, replaced %v", urn.Name(), response.DetailedDiff, properties, replaced)
		}
	}
	if changed == 0 {
		t.Error("no quota changed")
	}
}
