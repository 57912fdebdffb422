package main

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// cluster is a connection to an API server. What kinds it serves is asked at the first use.
type cluster struct {
	client dynamic.Interface
	mapper *restmapper.DeferredDiscoveryRESTMapper
}

var errNoCluster = errors.New("the kubeconfig is not known yet")

func newCluster(config *rest.Config) (*cluster, error) {
	config = rest.CopyConfig(config)
	// The engine limits how much is done at once (--parallel); client-go's own limit of 5 a second would be in its way.
	config.QPS, config.Burst = 200, 400
	config.UserAgent = "pulumi-kubernetes-stand-in/" + version
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	discoveryClient, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discoveryClient))
	return &cluster{client: client, mapper: mapper}, nil
}

// mapping tells the plural name and the scope of a kind. A kind that is not known makes it ask the server again, once:
// its definition may have been installed a moment ago.
func (c *cluster) mapping(gvk schema.GroupVersionKind) (*meta.RESTMapping, error) {
	if c == nil {
		return nil, errNoCluster
	}
	return c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
}

func (c *cluster) isNamespaced(gvk schema.GroupVersionKind) (bool, error) {
	mapping, err := c.mapping(gvk)
	if err != nil {
		return false, err
	}
	return mapping.Scope.Name() == meta.RESTScopeNameNamespace, nil
}

// target is where an object lives in the API, and what to call it in messages.
type target struct {
	api       dynamic.ResourceInterface
	resource  schema.GroupResource
	gvk       schema.GroupVersionKind
	namespace string
	name      string
}

func (c *cluster) target(gvk schema.GroupVersionKind, namespace, name string) (target, error) {
	mapping, err := c.mapping(gvk)
	if err != nil {
		return target{}, explainMapping(err, gvk)
	}
	found := target{resource: mapping.Resource.GroupResource(), gvk: gvk, name: name}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		if namespace == "" {
			namespace = metav1.NamespaceDefault
		}
		found.namespace = namespace
		found.api = c.client.Resource(mapping.Resource).Namespace(namespace)
	} else {
		found.api = c.client.Resource(mapping.Resource)
	}
	return found, nil
}

func (c *cluster) targetOf(object *unstructured.Unstructured) (target, error) {
	return c.target(object.GroupVersionKind(), object.GetNamespace(), object.GetName())
}

// known is the object of this type and id that a state has with these properties. It is not defined, and there is no
// error, if the definition of its kind is gone, and all objects with it.
func (c *cluster) known(token tokens.Type, properties resource.PropertyMap, id resource.ID) (found target, defined bool, err error) {
	gvk, err := gvkOf(token)
	if err != nil {
		return target{}, false, err
	}
	if version := lookupString(properties, "apiVersion"); version != "" {
		gvk = schema.FromAPIVersionAndKind(version, gvk.Kind)
	}
	namespace, name := parseID(id)
	found, err = c.target(gvk, namespace, name)
	if meta.IsNoMatchError(errors.Unwrap(err)) {
		return target{}, false, nil
	}
	return found, err == nil, err
}

// String names the object as kubectl does: deployments.apps "openclaw" in namespace "tenant-acme".
func (t target) String() string {
	if t.namespace == "" {
		return fmt.Sprintf("%s %q", t.resource, t.name)
	}
	return fmt.Sprintf("%s %q in namespace %q", t.resource, t.name, t.namespace)
}

// gvkOf reads a type token: kubernetes:networking.k8s.io/v1:Ingress. The group of the core API is written "core".
func gvkOf(token tokens.Type) (schema.GroupVersionKind, error) {
	group, version, ok := strings.Cut(string(token.Module().Name()), "/")
	kind := string(token.Name())
	if !ok {
		return schema.GroupVersionKind{}, notSupported(string(token))
	}
	if group == "core" {
		group = ""
	}
	return schema.GroupVersionKind{Group: group, Version: version, Kind: kind}, nil
}
