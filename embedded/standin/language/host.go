package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"

	"google.golang.org/protobuf/types/known/emptypb"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// host is the language host. One engine has one program running in it at a time, but may run several in turn
// (a preview, then the update).
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	engine string // address of the engine's own service

	mu        sync.Mutex
	programs  map[*os.Process]struct{} // running now
	cancelled bool
}

func newHost(engine string) *host {
	return &host{engine: engine, programs: map[*os.Process]struct{}{}}
}

func (h *host) Handshake(
	_ context.Context, req *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.engine = req.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

// GetRequiredPackages names no packages. The official host lists every installed npm package that has a plugin,
// used or not, so that the engine can download them ahead. Here nothing can be downloaded, and the engine finds
// what is really used, at the exact version, when the program registers the first resource of it.
func (h *host) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// GetRequiredPlugins is what engines before GetRequiredPackages ask; the answer is the same.
func (h *host) GetRequiredPlugins(
	context.Context, *pulumirpc.GetRequiredPluginsRequest,
) (*pulumirpc.GetRequiredPluginsResponse, error) {
	return &pulumirpc.GetRequiredPluginsResponse{}, nil
}

// About serves `pulumi about`.
func (h *host) About(ctx context.Context, req *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := findNode(req.GetInfo().GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	version, err := nodeVersion(ctx, node)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AboutResponse{
		Executable: node,
		Version:    version,
		Metadata:   map[string]string{"languageHost": "stand-in"},
	}, nil
}

// GetProgramDependencies lists the direct dependencies, as installed. Their own dependencies are left out: a lock
// file has them.
func (h *host) GetProgramDependencies(
	_ context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	root := req.GetInfo().GetProgramDirectory()
	var manifest struct {
		Dependencies    map[string]string `json:"dependencies"`
		DevDependencies map[string]string `json:"devDependencies"`
	}
	if err := readJSON(filepath.Join(root, "package.json"), &manifest); err != nil {
		return nil, err
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, group := range []map[string]string{manifest.Dependencies, manifest.DevDependencies} {
		for name, wanted := range group {
			installed := struct {
				Version string `json:"version"`
			}{Version: wanted}
			// A dependency that is not installed is still one: report the version that package.json asks for.
			_ = readJSON(filepath.Join(root, "node_modules", name, "package.json"), &installed)
			response.Dependencies = append(response.Dependencies,
				&pulumirpc.DependencyInfo{Name: name, Version: installed.Version})
		}
	}
	return response, nil
}

// Cancel ends the running program: the engine was interrupted.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.kill()
	return &emptypb.Empty{}, nil
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
