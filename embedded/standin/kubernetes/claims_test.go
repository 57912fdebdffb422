package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic/fake"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// clusterWith is a cluster of a few objects.
func clusterWith(objects ...object) *kubeProvider {
	var known []runtime.Object
	for _, each := range objects {
		known = append(known, &unstructured.Unstructured{Object: each})
	}
	client := fake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(),
		map[schema.GroupVersionResource]string{
			pods: "PodList", events: "EventList", replicaSets: "ReplicaSetList", storageClasses: "StorageClassList",
			persistentVolumeClaims: "PersistentVolumeClaimList",
		}, known...)
	return &kubeProvider{cluster: &cluster{client: client}}
}

func claim(phase string) object {
	return object{
		"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": object{"name": "data", "namespace": "n"},
		"spec": object{"storageClassName": "class"}, "status": object{"phase": phase},
	}
}

func class(mode string) object {
	return object{
		"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": object{"name": "class"},
		"volumeBindingMode": mode,
	}
}

// withoutReplicas is a Deployment that its controller has seen, and that mounts a claim.
func withoutReplicas() object {
	volumes := []any{object{"name": "config"}, object{"persistentVolumeClaim": object{"claimName": "data"}}}
	return object{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": "d", "namespace": "n"},
		"spec": object{"replicas": int64(0), "template": object{"spec": object{"volumes": volumes}}},
	}
}

var deploymentTarget = target{
	gvk: schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}, namespace: "n", name: "d",
}

func TestADeploymentWaitsForItsClaimsAlsoWithoutReplicas(t *testing.T) {
	for name, test := range map[string]struct {
		objects []object
		ready   bool
	}{
		"bound":         {[]object{claim("Bound")}, true},
		"pending":       {[]object{claim("Pending")}, false},
		"not there yet": {nil, true},
	} {
		judge := clusterWith(test.objects...).judgeFor(context.Background(), deploymentTarget, nil, true)
		if verdict := judge(withoutReplicas()); verdict.ready != test.ready || verdict.failed != "" {
			t.Errorf("%s: %+v", name, verdict)
		}
	}
}

func TestAClaimThatNoPodWillUseEndsTheWait(t *testing.T) {
	deployment := &unstructured.Unstructured{Object: withoutReplicas()}
	for mode, final := range map[string]bool{"WaitForFirstConsumer": true, "Immediate": false} {
		p := clusterWith(claim("Pending"), class(mode))
		reasons := p.diagnose(context.Background(), deploymentTarget, deployment)
		if slices.ContainsFunc(reasons, isFinal) != final {
			t.Errorf("%s: %q", mode, reasons)
		}
		if final && !strings.Contains(strings.Join(reasons, ""), "claim data ") {
			t.Errorf("%s: the claim is not named: %q", mode, reasons)
		}
	}
}

func TestAClaimOfAClassThatBindsLate(t *testing.T) {
	for name, test := range map[string]struct {
		phase         string
		isNew, late   bool
		ready, failed bool
	}{
		"new":                               {"Pending", true, true, true, false},
		"of an immediate class":             {"Pending", true, false, false, false},
		"bound at once":                     {"Bound", true, false, true, false},
		"updated while nobody uses it":      {"Pending", false, true, true, false},
		"updated while it is used":          {"Bound", false, true, true, false},
		"taken over, as official cannot do": {"Bound", true, true, false, true},
	} {
		verdict := judgeClaim(claim(test.phase), test.isNew, test.late)
		if verdict.ready != test.ready || (verdict.failed != "") != test.failed {
			t.Errorf("%s: %+v", name, verdict)
		}
	}
}

func TestTestsMayHaveARecreatedDeploymentReadyEarly(t *testing.T) {
	strategy := func(kind string) resource.PropertyMap {
		return with("apps/v1", "Deployment", "spec", object{"strategy": object{"type": kind}})
	}
	for name, test := range map[string]struct {
		early bool
		wish  change
		waits bool
	}{
		"an update":                   {true, change{inputs: strategy("Recreate")}, false},
		"a creation":                  {true, change{inputs: strategy("Recreate"), isNew: true}, true},
		"an update, pod by pod":       {true, change{inputs: strategy("RollingUpdate")}, true},
		"an update, outside of tests": {false, change{inputs: strategy("Recreate")}, true},
	} {
		p := clusterWith()
		p.settings.readyEarly = test.early
		if p.awaits(deploymentTarget, test.wish) != test.waits {
			t.Errorf("%s: waiting should be %v", name, test.waits)
		}
	}
}
