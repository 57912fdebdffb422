// Package server serves a provider to the engine.
package server

import (
	"context"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// New is the SDK's server, with the answer to Diff completed. As of v3.259 the SDK forgets to say that there is a
// detailed diff, so that `pulumi preview --diff` would show none, and that a deleted property may mean a replacement.
// It also lists whole paths as the changed properties; the engine's progress display knows an object's own properties
// only, and would show `[diff: ]` where it can say `[diff: ~spec]`.
func New(provider plugin.Provider) pulumirpc.ResourceProviderServer {
	return server{plugin.NewProviderServer(provider)}
}

type server struct {
	pulumirpc.ResourceProviderServer
}

func (s server) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	req.Olds = nil // the old outputs: no plugin here looks at them, and unpacking them is most of the work
	response, err := s.ResourceProviderServer.Diff(ctx, req)
	if err != nil {
		return nil, err
	}
	response.HasDetailedDiff = len(response.DetailedDiff) > 0
	for path, change := range response.DetailedDiff {
		if change.Kind == pulumirpc.PropertyDiff_DELETE && slices.Contains(response.Replaces, path) {
			change.Kind = pulumirpc.PropertyDiff_DELETE_REPLACE
		}
	}
	slices.Sort(response.Replaces)
	for i, path := range response.Diffs {
		response.Diffs[i] = firstKey(path)
	}
	slices.Sort(response.Diffs)
	response.Diffs = slices.Compact(response.Diffs)
	return response, nil
}

// firstKey is the property of the resource that a path leads through.
func firstKey(path string) string {
	parsed, err := resource.ParsePropertyPath(path)
	if err != nil || len(parsed) == 0 {
		return path
	}
	if key, ok := parsed[0].(string); ok {
		return key
	}
	return path
}
