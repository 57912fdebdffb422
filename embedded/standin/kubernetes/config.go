package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// settings are the provider's own arguments, apart from where the cluster is.
type settings struct {
	namespace        string // for namespaced objects that name none
	patchForce       bool   // take over fields that another manager owns
	configMapMutable bool   // update a ConfigMap's data in place
	secretMutable    bool   // update a Secret's data in place
	upsert           bool   // create takes over an object that is there already
	readyEarly       bool   // for tests: see readyVariable
}

// readyVariable, set to "early", makes every update of a Deployment with the strategy Recreate ready at once, whether its
// pod runs or not: what happens with the official plugin now and then, tests make happen always.
const readyVariable = "OPENCLAW_STANDIN_READY"

// unsupportedArguments change what happens to objects in ways this plugin does not have. Better refused than ignored.
var unsupportedArguments = []resource.PropertyKey{"renderYamlToDirectory", "deleteUnreachable", "skipUpdateUnreachable"}

func (p *kubeProvider) CheckConfig(
	_ context.Context, req plugin.CheckConfigRequest,
) (plugin.CheckConfigResponse, error) {
	response := plugin.CheckConfigResponse{Properties: req.News}
	fail := func(key resource.PropertyKey, reason string) {
		response.Failures = append(response.Failures, plugin.CheckFailure{Property: key, Reason: reason})
	}
	for _, key := range unsupportedArguments {
		if text := argument(req.News, key); text != "" && text != "false" {
			fail(key, notSupported(string(key)).Error())
		}
	}
	if argument(req.News, "enableServerSideApply") == "false" {
		fail("enableServerSideApply", notSupported("client-side apply").Error())
	}
	if !req.News["kubeconfig"].ContainsUnknowns() {
		if _, err := loadKubeconfig(req.News); err != nil {
			fail("kubeconfig", err.Error())
		}
	}
	return response, nil
}

// DiffConfig replaces the provider, and with it every object, only when it now points to another cluster. A cluster
// has no identity of its own; as in the official plugin it is the kubeconfig's entry for it, or the clusterIdentifier
// if one is given, which then decides alone.
func (p *kubeProvider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	difference := req.OldInputs.Diff(req.NewInputs)
	if difference == nil {
		return plugin.DiffConfigResponse{Changes: plugin.DiffNone}, nil
	}
	response := plugin.DiffConfigResponse{Changes: plugin.DiffSome, ChangedKeys: difference.ChangedKeys()}
	old, updated := argument(req.OldInputs, "clusterIdentifier"), argument(req.NewInputs, "clusterIdentifier")
	switch {
	case old != "" && updated != "":
		if old != updated {
			response.ReplaceKeys = []resource.PropertyKey{"clusterIdentifier"}
		}
	case pointsElsewhere(req.OldInputs, req.NewInputs):
		for _, key := range []resource.PropertyKey{"kubeconfig", "context", "cluster"} {
			if difference.Changed(key) {
				response.ReplaceKeys = append(response.ReplaceKeys, key)
			}
		}
	}
	return response, nil
}

// pointsElsewhere compares the kubeconfig entries that two sets of arguments select. Not known yet counts as another
// cluster, the safe guess of a preview.
func pointsElsewhere(old, updated resource.PropertyMap) bool {
	for _, key := range []resource.PropertyKey{"kubeconfig", "context", "cluster"} {
		if updated[key].ContainsUnknowns() {
			return true
		}
	}
	oldEntry, oldErr := clusterEntry(old)
	newEntry, newErr := clusterEntry(updated)
	return oldErr == nil && newErr == nil && !reflect.DeepEqual(oldEntry, newEntry)
}

func clusterEntry(arguments resource.PropertyMap) (*clientcmdapi.Cluster, error) {
	loaded, err := loadKubeconfig(arguments)
	if err != nil {
		return nil, err
	}
	raw, err := loaded.RawConfig()
	if err != nil {
		return nil, err
	}
	name := argument(arguments, "cluster")
	if name == "" {
		context := argument(arguments, "context")
		if context == "" {
			context = raw.CurrentContext
		}
		if selected, ok := raw.Contexts[context]; ok {
			name = selected.Cluster
		}
	}
	entry, ok := raw.Clusters[name]
	if !ok {
		return nil, fmt.Errorf("the kubeconfig has no cluster %q", name)
	}
	entry = entry.DeepCopy()
	entry.LocationOfOrigin = ""
	return entry, nil
}

func (p *kubeProvider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	p.settings = settings{
		namespace:        argument(req.Inputs, "namespace"),
		patchForce:       os.Getenv("PULUMI_K8S_ENABLE_PATCH_FORCE") == "true",
		configMapMutable: flag(req.Inputs, "enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
		secretMutable:    flag(req.Inputs, "enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
		upsert:           flag(req.Inputs, "upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
		readyEarly:       os.Getenv(readyVariable) == "early",
	}
	if req.Inputs.ContainsUnknowns() {
		// A preview before the cluster exists: there is nothing to talk to, and nothing has to be.
		return plugin.ConfigureResponse{}, nil
	}
	kubeconfig, err := loadKubeconfig(req.Inputs)
	if err != nil {
		return plugin.ConfigureResponse{}, err
	}
	if p.settings.namespace == "" {
		if p.settings.namespace, _, err = kubeconfig.Namespace(); err != nil {
			return plugin.ConfigureResponse{}, fmt.Errorf("kubeconfig: %w", err)
		}
	}
	rest, err := kubeconfig.ClientConfig()
	if err != nil {
		return plugin.ConfigureResponse{}, fmt.Errorf("kubeconfig: %w", err)
	}
	p.cluster, err = newCluster(rest)
	return plugin.ConfigureResponse{}, err
}

// loadKubeconfig takes the argument `kubeconfig`, a file's path or its content; without it what kubectl would take.
func loadKubeconfig(arguments resource.PropertyMap) (clientcmd.ClientConfig, error) {
	overrides := &clientcmd.ConfigOverrides{
		CurrentContext: argument(arguments, "context"),
		Context:        clientcmdapi.Context{Cluster: argument(arguments, "cluster")},
	}
	kubeconfig := argument(arguments, "kubeconfig")
	switch {
	case kubeconfig == "":
		rules := clientcmd.NewDefaultClientConfigLoadingRules()
		return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides), nil
	case strings.ContainsAny(kubeconfig, "\n{"):
		parsed, err := clientcmd.Load([]byte(kubeconfig))
		if err != nil {
			// The parser's message would quote the content, which holds credentials.
			return nil, fmt.Errorf("the kubeconfig that was given as text cannot be parsed")
		}
		return clientcmd.NewNonInteractiveClientConfig(*parsed, overrides.CurrentContext, overrides, nil), nil
	default:
		parsed, err := clientcmd.LoadFromFile(kubeconfig)
		if err != nil {
			return nil, fmt.Errorf("kubeconfig: %w", err)
		}
		return clientcmd.NewNonInteractiveClientConfig(*parsed, overrides.CurrentContext, overrides, nil), nil
	}
}

// argument returns a provider argument as text; the SDK sends booleans as text in some calls and as such in others.
func argument(arguments resource.PropertyMap, key resource.PropertyKey) string {
	value := unwrap(arguments[key])
	switch {
	case value.IsString():
		return value.StringValue()
	case value.IsBool():
		return fmt.Sprint(value.BoolValue())
	}
	return ""
}

// flag is an argument, or else an environment variable, that says "true".
func flag(arguments resource.PropertyMap, key resource.PropertyKey, variable string) bool {
	if text := argument(arguments, key); text != "" {
		return text == "true"
	}
	return os.Getenv(variable) == "true"
}
