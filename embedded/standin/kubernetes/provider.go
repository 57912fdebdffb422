package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/blang/semver"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
)

// kubeProvider manages the objects of one cluster. What it does with a resource is in the file of that name: check,
// diff, apply (Create and Update), read, delete.
type kubeProvider struct {
	plugin.UnimplementedProvider
	version semver.Version
	host    *provider.HostClient // nil when the engine attached to a provider that was started by hand

	// cancelled ends when the user interrupts the engine.
	cancelled context.Context
	cancel    context.CancelCauseFunc

	// Set once by Configure, before any call about a resource.
	settings settings
	cluster  *cluster // nil while the kubeconfig is not known yet

	// known has the URN of every resource that the state had when it was checked: creating one of them replaces it.
	known sync.Map
}

var errInterrupted = errors.New("interrupted")

func newProvider(host *provider.HostClient, version semver.Version) *kubeProvider {
	cancelled, cancel := context.WithCancelCause(context.Background())
	return &kubeProvider{host: host, version: version, cancelled: cancelled, cancel: cancel}
}

func (p *kubeProvider) Handshake(
	context.Context, plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{
		AcceptSecrets:                   true,
		AcceptResources:                 true,
		AcceptOutputs:                   true,
		SupportsAutonamingConfiguration: true,
	}, nil
}

func (p *kubeProvider) Attach(address string) error {
	host, err := provider.NewHostClient(address)
	if err != nil {
		return err
	}
	p.host = host
	return nil
}

func (p *kubeProvider) Close() error { return nil }

func (p *kubeProvider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &p.version}, nil
}

// SignalCancellation ends every wait and request under way. An object that was applied already is reported as not
// ready, so that the stack knows it.
func (p *kubeProvider) SignalCancellation(context.Context) error {
	p.cancel(errInterrupted)
	return nil
}

func (p *kubeProvider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	return plugin.GetSchemaResponse{}, notSupported("the package's schema (needed to generate code)")
}

func (p *kubeProvider) Construct(context.Context, plugin.ConstructRequest) (plugin.ConstructResponse, error) {
	return plugin.ConstructResponse{}, notSupported("Construct")
}

func (p *kubeProvider) Invoke(_ context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	return plugin.InvokeResponse{}, notSupported(string(req.Tok))
}

func (p *kubeProvider) Call(_ context.Context, req plugin.CallRequest) (plugin.CallResponse, error) {
	return plugin.CallResponse{}, notSupported(string(req.Tok))
}

// operation returns a context that ends with the call or with the user's interruption, whichever is first.
func (p *kubeProvider) operation(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(p.cancelled, func() { cancel(errInterrupted) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// status shows a line beside the resource in the progress display. It is a courtesy: an engine that does not take it
// is no reason to fail.
func (p *kubeProvider) status(urn resource.URN, severity diag.Severity, message string) {
	if p.host != nil {
		_ = p.host.LogStatus(context.Background(), severity, urn, message)
	}
}

// warn keeps a warning in the final output.
func (p *kubeProvider) warn(urn resource.URN, message string) {
	if p.host != nil {
		_ = p.host.Log(context.Background(), diag.Warning, urn, message)
	}
}

func notSupported(what string) error {
	return fmt.Errorf("%s is not supported by the stand-in kubernetes plugin; the official plugin has it", what)
}
