package server

import (
	"context"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// differ answers every Diff with the same changes.
type differ struct {
	plugin.UnimplementedProvider
	changes map[string]plugin.PropertyDiff
}

func (d differ) Diff(context.Context, plugin.DiffRequest) (plugin.DiffResponse, error) {
	return plugin.DiffResponse{Changes: plugin.DiffSome, DetailedDiff: d.changes}, nil
}

func TestTheEngineCanShowADiff(t *testing.T) {
	response, err := New(&differ{changes: map[string]plugin.PropertyDiff{
		"spec.template.image":      {Kind: plugin.DiffUpdate},
		"spec.selector":            {Kind: plugin.DiffDeleteReplace},
		`metadata.labels["a.b/c"]`: {Kind: plugin.DiffAdd},
	}}).Diff(context.Background(), &pulumirpc.DiffRequest{
		Urn: "urn:pulumi:s::p::kubernetes:apps/v1:Deployment::d",
	})
	if err != nil {
		t.Fatal(err)
	}
	if !response.HasDetailedDiff || !slices.Equal(response.Diffs, []string{"metadata", "spec"}) {
		t.Errorf("detailed %v, changed %q", response.HasDetailedDiff, response.Diffs)
	}
	if kind := response.DetailedDiff["spec.selector"].Kind; kind != pulumirpc.PropertyDiff_DELETE_REPLACE {
		t.Errorf("a deletion that replaces is sent as %s", kind)
	}
}
