package main

import (
	"context"
	"encoding/base64"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"openclaw.invalid/tools/standin/internal/states"
)

const statesFolder = "../../../test/upgrade/states"

// remake is the resource with the value that a state has of it.
func remake(t *testing.T, old states.Resource) generated {
	t.Helper()
	switch old.Type.Name() {
	case "RandomBytes":
		drawn, err := base64.StdEncoding.DecodeString(text(old.Outputs["base64"]))
		if err != nil {
			t.Fatal(err)
		}
		return bytesOf(old.Inputs, drawn)
	case "RandomPassword":
		made, err := passwordOf(old.Inputs, text(old.Outputs["result"]))
		if err != nil {
			t.Fatal(err)
		}
		made.outputs["bcryptHash"] = old.Outputs["bcryptHash"] // salted
		return made
	}
	t.Fatalf("%s: no test for it", old.Type)
	return generated{}
}

func TestTheStateIsWhatTheOfficialPluginWrites(t *testing.T) {
	for _, step := range states.Steps {
		recorded, err := states.Load(statesFolder, "official-"+step, "random")
		if err != nil {
			t.Fatal(err)
		}
		for urn, official := range recorded {
			made := remake(t, official)
			if made.id != official.ID {
				t.Errorf("%s: %s: another id", step, urn.Name())
			}
			if found := made.properties(); !found.DeepEquals(official.Outputs) {
				t.Errorf("%s: %s: outputs differ: %v", step, urn.Name(), official.Outputs.Diff(found))
			}
		}
	}
}

func TestNeitherPluginsStateIsAChange(t *testing.T) {
	p := &randomProvider{}
	for _, name := range []string{"official-", "stand-in-"} {
		for _, step := range states.Steps {
			recorded, err := states.Load(statesFolder, name+step, "random")
			if err != nil {
				t.Fatal(err)
			}
			for urn, old := range recorded {
				checked, err := p.Check(context.Background(), plugin.CheckRequest{Type: old.Type, News: old.Inputs})
				if err != nil || len(checked.Failures) > 0 {
					t.Fatalf("%s: %v %v", urn, err, checked.Failures)
				}
				response, err := p.Diff(context.Background(), plugin.DiffRequest{
					Type: old.Type, OldInputs: old.Inputs, OldOutputs: old.Outputs, NewInputs: checked.Properties,
				})
				if err != nil || response.Changes != plugin.DiffNone || !checked.Properties.DeepEquals(old.Inputs) {
					t.Errorf("%s%s: %s: %v %v", name, step, urn.Name(), response.DetailedDiff, err)
				}
			}
		}
	}
}

func TestWhatIsMissingFromTheInputsIsNullInTheOfficialPluginsOwnState(t *testing.T) {
	given := inputs(map[string]any{"length": 8, "keepers": map[string]any{"epoch": "1"}, "overrideSpecial": "_"})
	delta := rawState(given, "keepers", "overrideSpecial")
	wanted := inputs(map[string]any{"obj": map[string]any{"ps": map[string]any{"keepers": map[string]any{
		"map": map[string]any{},
	}}}})
	if !delta.DeepEquals(resource.NewProperty(wanted)) {
		t.Errorf("got %v", delta)
	}
}
