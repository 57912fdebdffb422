package main

import (
	"context"
	"fmt"
	"maps"

	"github.com/blang/semver"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// kind is a resource type: how its inputs are validated, and what is made of them or of an id to import. Validation
// comes first, so generate may rely on it.
type kind struct {
	validate   func(inputs resource.PropertyMap) []plugin.CheckFailure
	generate   func(inputs resource.PropertyMap) (generated, error)
	importByID func(id string) (generated, error)
	defaults   func(inputs resource.PropertyMap) resource.PropertyMap // nil if it has none
	drawn      []resource.PropertyKey                                 // the outputs that a preview cannot know
}

var kinds = map[tokens.Type]kind{
	"random:index/randomPassword:RandomPassword": {
		validateString, generatePassword, importPassword, stringOutputs, []resource.PropertyKey{"result", "bcryptHash"},
	},
	"random:index/randomString:RandomString": {
		validateString, generateString, importString, stringOutputs, []resource.PropertyKey{"result"},
	},
	"random:index/randomId:RandomId": {
		validateLength("byteLength"), generateID, importID, nil, []resource.PropertyKey{"b64Std", "b64Url", "hex", "dec"},
	},
	"random:index/randomBytes:RandomBytes": {
		validateLength("length"), generateBytes, importBytes, nil, []resource.PropertyKey{"base64", "hex"},
	},
}

// randomProvider keeps no state: what was generated lives in the stack's.
type randomProvider struct {
	plugin.UnimplementedProvider
	version semver.Version
}

func (p *randomProvider) Handshake(
	context.Context, plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true, AcceptResources: true, AcceptOutputs: true}, nil
}

func (p *randomProvider) Attach(string) error { return nil }

func (p *randomProvider) Close() error { return nil }

func (p *randomProvider) SignalCancellation(context.Context) error { return nil }

func (p *randomProvider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &p.version}, nil
}

func (p *randomProvider) CheckConfig(
	_ context.Context, req plugin.CheckConfigRequest,
) (plugin.CheckConfigResponse, error) {
	return plugin.CheckConfigResponse{Properties: req.News}, nil
}

func (p *randomProvider) DiffConfig(context.Context, plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	return plugin.DiffConfigResponse{Changes: plugin.DiffNone}, nil
}

func (p *randomProvider) Configure(context.Context, plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	return plugin.ConfigureResponse{}, nil
}

func (p *randomProvider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	kind, err := lookUp(req.Type)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	inputs := maps.Clone(req.News)
	maps.DeleteFunc(inputs, func(_ resource.PropertyKey, value resource.PropertyValue) bool { return value.IsNull() })
	return plugin.CheckResponse{Properties: inputs, Failures: kind.validate(inputs)}, nil
}

// Diff asks for another value whenever an input changes: there is nothing about a random value to update. A default
// that is spelt out, or a value that became secret, is no change: it would cost somebody a password.
func (p *randomProvider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	kind, err := lookUp(req.Type)
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	old, updated := kind.normalize(req.OldInputs), kind.normalize(req.NewInputs)
	changes := plugin.NewDetailedDiffFromObjectDiff(old.Diff(updated), true /* inputDiff */)
	if len(changes) == 0 {
		return plugin.DiffResponse{Changes: plugin.DiffNone}, nil
	}
	for path, change := range changes {
		changes[path] = change.ToReplace()
	}
	return plugin.DiffResponse{Changes: plugin.DiffSome, DetailedDiff: changes}, nil
}

// normalize spells defaults out and unwraps secrets.
func (k kind) normalize(inputs resource.PropertyMap) resource.PropertyMap {
	normal := withoutSecrets(resource.NewProperty(inputs)).ObjectValue()
	if k.defaults != nil {
		maps.Copy(normal, k.defaults(normal))
	}
	return normal
}

func (p *randomProvider) Create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	kind, err := lookUp(req.Type)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		outputs := maps.Clone(req.Properties)
		for _, key := range kind.drawn {
			outputs[key] = resource.MakeComputed(resource.NewProperty(""))
		}
		return plugin.CreateResponse{Properties: outputs}, nil
	}
	made, err := kind.generate(req.Properties)
	if err != nil {
		return plugin.CreateResponse{}, fmt.Errorf("%s %q: %w", req.Type.Name(), req.Name, err)
	}
	return plugin.CreateResponse{ID: made.id, Properties: made.properties()}, nil
}

// Read returns what the stack knows: a random value exists nowhere else. Without that it is an import.
func (p *randomProvider) Read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	if len(req.State) > 0 {
		return plugin.ReadResponse{
			ReadResult: plugin.ReadResult{ID: req.ID, Inputs: req.Inputs, Outputs: req.State},
		}, nil
	}
	kind, err := lookUp(req.Type)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	made, err := kind.importByID(string(req.ID))
	if err != nil {
		return plugin.ReadResponse{}, fmt.Errorf("%s %q: %w", req.Type.Name(), req.Name, err)
	}
	return plugin.ReadResponse{
		ReadResult: plugin.ReadResult{ID: made.id, Inputs: made.inputs, Outputs: made.properties()},
	}, nil
}

func (p *randomProvider) Delete(context.Context, plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	return plugin.DeleteResponse{}, nil
}

func (p *randomProvider) Construct(context.Context, plugin.ConstructRequest) (plugin.ConstructResponse, error) {
	return plugin.ConstructResponse{}, notSupported("Construct")
}

func (p *randomProvider) Invoke(context.Context, plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	return plugin.InvokeResponse{}, notSupported("Invoke")
}

func (p *randomProvider) Call(context.Context, plugin.CallRequest) (plugin.CallResponse, error) {
	return plugin.CallResponse{}, notSupported("Call")
}

func lookUp(token tokens.Type) (kind, error) {
	found, ok := kinds[token]
	if !ok {
		return kind{}, notSupported(string(token))
	}
	return found, nil
}

func notSupported(what string) error {
	return fmt.Errorf("%s is not supported by the stand-in random plugin; the official plugin has it", what)
}
