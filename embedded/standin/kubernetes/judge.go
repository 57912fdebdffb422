package main

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// verdict is what a judge says: ready, or what is still missing, or why waiting is of no use.
type verdict struct {
	ready   bool
	waiting string
	failed  string
}

// judge decides from an object alone.
type judge func(object map[string]any) verdict

var (
	claimKind      = schema.GroupKind{Kind: "PersistentVolumeClaim"}
	deploymentKind = schema.GroupKind{Group: "apps", Kind: "Deployment"}
	serviceKind    = schema.GroupKind{Kind: "Service"}
	definitionKind = schema.GroupKind{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}
)

// judges has the kinds that are not what they should be as soon as the API server has accepted them.
var judges = map[schema.GroupKind]judge{
	{Kind: "Namespace"}:                           judgeNamespace,
	{Kind: "Pod"}:                                 judgePod,
	{Kind: "ResourceQuota"}:                       judgeResourceQuota,
	{Group: "apps", Kind: "StatefulSet"}:          judgeStatefulSet,
	{Group: "apps", Kind: "DaemonSet"}:            judgeDaemonSet,
	{Group: "batch", Kind: "Job"}:                 judgeJob,
	{Group: "networking.k8s.io", Kind: "Ingress"}: judgeIngress,
	{Group: "extensions", Kind: "Ingress"}:        judgeIngress,
	definitionKind:                                judgeDefinition,
}

// judgeFor returns the judge of an object's kind, or of what its annotation waits for, nil if it needs none. Three kinds depend on other objects; those are
// asked about again every second.
func (p *kubeProvider) judgeFor(ctx context.Context, t target, inputs resource.PropertyMap, isNew bool) judge {
	switch t.gvk.GroupKind() {
	case claimKind:
		return func(claim map[string]any) verdict {
			// Asked each time, for the same update may bring the class a moment later.
			return judgeClaim(claim, isNew, p.bindsWhenUsed(ctx, claim))
		}
	case deploymentKind:
		return func(deployment map[string]any) verdict { return p.judgeDeploymentAndClaims(ctx, t, deployment) }
	case serviceKind:
		return func(service map[string]any) verdict { return p.judgeService(ctx, t, service) }
	}
	if known := judges[t.gvk.GroupKind()]; known != nil {
		return known
	}
	return judgeWaitFor(annotation(inputs, waitForAnnotation))
}

func judgeNamespace(object map[string]any) verdict {
	return verdict{ready: text(object, "status", "phase") == "Active", waiting: "the namespace to be active"}
}

func judgePod(object map[string]any) verdict {
	switch phase := text(object, "status", "phase"); {
	case phase == "Failed":
		return verdict{failed: "the pod failed: " + text(object, "status", "message")}
	case phase == "Succeeded" || conditionOf(object, "Ready").status == "True":
		return verdict{ready: true}
	}
	return verdict{waiting: "the pod to be ready"}
}

// judgeDeployment asks what `kubectl rollout status` asks, and with no replicas that the controller has ended them.
func judgeDeployment(object map[string]any) verdict {
	wanted := number(object, 1, "spec", "replicas")
	updated := number(object, 0, "status", "updatedReplicas")
	available := number(object, 0, "status", "availableReplicas")
	switch progress := conditionOf(object, "Progressing"); {
	case !isObserved(object):
		return verdict{waiting: "the Deployment controller"}
	case wanted == 0:
		return verdict{ready: number(object, 0, "status", "replicas") == 0, waiting: "the pods to end"}
	case progress.reason == "ProgressDeadlineExceeded":
		return verdict{failed: progress.message}
	case updated < wanted:
		return verdict{waiting: fmt.Sprintf("pods to be created (%d/%d)", updated, wanted)}
	case number(object, 0, "status", "replicas") > updated:
		return verdict{waiting: "pods of the former version to end"}
	case available < updated || conditionOf(object, "Available").status != "True":
		return verdict{waiting: fmt.Sprintf("pods to be available (%d/%d)", available, updated)}
	}
	return verdict{ready: true}
}

func judgeStatefulSet(object map[string]any) verdict {
	wanted := number(object, 1, "spec", "replicas")
	ready := number(object, 0, "status", "readyReplicas")
	switch {
	case wanted == 0:
		return verdict{ready: true}
	case !isObserved(object):
		return verdict{waiting: "the StatefulSet controller"}
	case ready < wanted:
		return verdict{waiting: fmt.Sprintf("pods to be ready (%d/%d)", ready, wanted)}
	case text(object, "spec", "updateStrategy", "type") == "RollingUpdate" &&
		number(object, 0, "spec", "updateStrategy", "rollingUpdate", "partition") == 0 &&
		text(object, "status", "updateRevision") != text(object, "status", "currentRevision"):
		return verdict{waiting: "pods of the former version to be replaced"}
	}
	return verdict{ready: true}
}

func judgeDaemonSet(object map[string]any) verdict {
	wanted := number(object, 0, "status", "desiredNumberScheduled")
	updated := number(object, 0, "status", "updatedNumberScheduled")
	available := number(object, 0, "status", "numberAvailable")
	switch {
	case !isObserved(object):
		return verdict{waiting: "the DaemonSet controller"}
	case text(object, "spec", "updateStrategy", "type") != "OnDelete" && updated < wanted:
		return verdict{waiting: fmt.Sprintf("pods to be created (%d/%d)", updated, wanted)}
	case available < wanted:
		return verdict{waiting: fmt.Sprintf("pods to be available (%d/%d)", available, wanted)}
	}
	return verdict{ready: true}
}

func judgeJob(object map[string]any) verdict {
	// FailureTarget is decided failure; Failed follows once the last pod has ended, after its whole grace period.
	for _, kind := range []string{"Failed", "FailureTarget"} {
		if failed := conditionOf(object, kind); failed.status == "True" {
			return verdict{failed: fmt.Sprintf("the job failed: %s: %s", failed.reason, failed.message)}
		}
	}
	isSuspended, _, _ := unstructured.NestedBool(object, "spec", "suspend")
	return verdict{
		ready:   isSuspended || conditionOf(object, "Complete").status == "True",
		waiting: "the job to complete",
	}
}

// judgeResourceQuota waits until the quota counts: before that, pods of the namespace may be refused or let through.
func judgeResourceQuota(object map[string]any) verdict {
	spec, _, _ := unstructured.NestedMap(object, "spec", "hard")
	status, _, _ := unstructured.NestedMap(object, "status", "hard")
	for name, wanted := range spec {
		if !sameScalar("hard", fromPlain(wanted), fromPlain(status[name])) {
			return verdict{waiting: "the quota to be in force"}
		}
	}
	return verdict{ready: true}
}

// judgeClaim does not wait for a bound claim to grow: the file system does so on the node, once a pod uses it. One that
// is bound when it is used is ready while it waits for that. As with the official plugin it must not have been there
// before: creating takes over what there is, and then waits for a state that is past.
func judgeClaim(object map[string]any, isNew, bindsWhenUsed bool) verdict {
	switch phase := text(object, "status", "phase"); {
	case phase == "Lost":
		return verdict{failed: "the volume of the claim is gone"}
	case phase == "Bound" && isNew && bindsWhenUsed:
		return verdict{failed: "the claim was there before and is bound; the official plugin would wait 5 minutes for it to " +
			"be unbound, and fail. Not to be waited for with the annotation pulumi.com/skipAwait"}
	case phase == "Bound", phase == "Pending" && bindsWhenUsed:
		return verdict{ready: true}
	}
	return verdict{waiting: "the claim to be bound to a volume"}
}

func judgeIngress(object map[string]any) verdict {
	return verdict{ready: hasAddress(object), waiting: "the ingress controller to give it an address"}
}

func judgeDefinition(object map[string]any) verdict {
	if refused := conditionOf(object, "NamesAccepted"); refused.status == "False" {
		return verdict{failed: refused.message}
	}
	return verdict{
		ready:   conditionOf(object, "Established").status == "True",
		waiting: "the definition to be established",
	}
}

// judgeService waits for what makes a Service reachable: an address from outside, or a ready pod behind it.
func (p *kubeProvider) judgeService(ctx context.Context, t target, object map[string]any) verdict {
	selector, _, _ := unstructured.NestedMap(object, "spec", "selector")
	switch kind := text(object, "spec", "type"); {
	case kind == "ExternalName":
		return verdict{ready: true}
	case kind == "LoadBalancer" && !hasAddress(object):
		return verdict{waiting: "the load balancer's address"}
	case len(selector) == 0 || text(object, "spec", "clusterIP") == "None":
		return verdict{ready: true} // others see to its endpoints, or pods are found by name
	}
	slices, err := p.cluster.client.Resource(endpointSlices).Namespace(t.namespace).List(ctx,
		metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=" + t.name})
	if err != nil {
		return verdict{waiting: "the Service's endpoints: " + err.Error()}
	}
	for _, slice := range slices.Items {
		endpoints, _, _ := unstructured.NestedSlice(slice.Object, "endpoints")
		for _, endpoint := range endpoints {
			// "ready" that is not given means ready.
			fields, _ := endpoint.(map[string]any)
			if ready, found, _ := unstructured.NestedBool(fields, "conditions", "ready"); ready || !found {
				return verdict{ready: true}
			}
		}
	}
	return verdict{waiting: "a ready pod behind the Service"}
}

// bindsWhenUsed says whether a claim gets its volume only with its first pod: waiting for it would wait forever.
func (p *kubeProvider) bindsWhenUsed(ctx context.Context, claim map[string]any) bool {
	name := text(claim, "spec", "storageClassName")
	if name == "" {
		return false
	}
	class, err := p.cluster.client.Resource(storageClasses).Get(ctx, name, metav1.GetOptions{})
	return err == nil && text(class.Object, "volumeBindingMode") == "WaitForFirstConsumer"
}

func hasAddress(object map[string]any) bool {
	addresses, _, _ := unstructured.NestedSlice(object, "status", "loadBalancer", "ingress")
	return len(addresses) > 0
}

// isObserved says whether the status is of the object as it is now, not of the one before.
func isObserved(object map[string]any) bool {
	return number(object, 0, "status", "observedGeneration") >= number(object, 0, "metadata", "generation")
}

// condition is an entry of status.conditions.
type condition struct{ kind, status, reason, message string }

func conditionsOf(object map[string]any) []condition {
	entries, _, _ := unstructured.NestedSlice(object, "status", "conditions")
	var conditions []condition
	for _, entry := range entries {
		if fields, ok := entry.(map[string]any); ok {
			conditions = append(conditions, condition{
				text(fields, "type"), text(fields, "status"), text(fields, "reason"), text(fields, "message"),
			})
		}
	}
	return conditions
}

func conditionOf(object map[string]any, kind string) condition {
	for _, found := range conditionsOf(object) {
		if found.kind == kind {
			return found
		}
	}
	return condition{}
}

func text(object map[string]any, path ...string) string {
	found, _, _ := unstructured.NestedString(object, path...)
	return found
}

func number(object map[string]any, fallback int64, path ...string) int64 {
	if found, ok, err := unstructured.NestedInt64(object, path...); ok && err == nil {
		return found
	}
	return fallback
}
