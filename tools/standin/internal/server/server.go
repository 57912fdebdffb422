// Package server serves a provider to the engine.
package server

import (
	"context"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// New is the SDK's server, with the answer to Diff completed: as of v3.259 the SDK forgets to say that there is a
// detailed diff, so that `pulumi preview --diff` would show none, and that a deleted property may mean a replacement.
func New(provider plugin.Provider) pulumirpc.ResourceProviderServer {
	return server{plugin.NewProviderServer(provider)}
}

type server struct {
	pulumirpc.ResourceProviderServer
}

func (s server) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
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
	return response, nil
}
