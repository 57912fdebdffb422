package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	pods           = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	events         = schema.GroupVersionResource{Version: "v1", Resource: "events"}
	replicaSets    = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "replicasets"}
	endpointSlices = schema.GroupVersionResource{Group: "discovery.k8s.io", Version: "v1", Resource: "endpointslices"}
	storageClasses = schema.GroupVersionResource{Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"}

	persistentVolumeClaims = schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"}
)

// What the Deployment controller writes on a Deployment's ReplicaSets and their pods.
const (
	revision     = "deployment.kubernetes.io/revision"
	templateHash = "pod-template-hash"
)

// mostReasons is how many reasons one message has: many pods mostly have the same trouble.
const mostReasons = 6

// diagnose looks for what keeps an object from being ready: its conditions, its pods, warning events of both. It
// reports what it finds; not being allowed to look is no failure of its own.
func (p *kubeProvider) diagnose(ctx context.Context, t target, object *unstructured.Unstructured) []string {
	reasons := conditionReasons(object.Object)
	reasons = append(reasons, p.warnings(ctx, t.namespace, object)...)
	if t.gvk.GroupKind() == deploymentKind {
		reasons = append(reasons, p.claimReasons(ctx, t, object.Object)...)
	}
	for _, pod := range p.podsOf(ctx, t, object) {
		if pod.GetDeletionTimestamp() != nil {
			continue
		}
		found := podReasons(pod.Object)
		if len(found) == 0 {
			found = p.warnings(ctx, t.namespace, &pod)
		}
		for _, reason := range found {
			reasons = append(reasons, fmt.Sprintf("pod %s: %s", pod.GetName(), reason))
		}
	}
	reasons = unique(reasons)
	return reasons[:min(len(reasons), mostReasons)]
}

// finalReasons are what does not change until somebody changes the object, the policy or the image. A quota is not among
// them (another pod may end), nor is a missing Secret or ServiceAccount (the same update may bring it).
var finalReasons = []*regexp.Regexp{
	regexp.MustCompile(`^FailedCreate: .* is forbidden: violates PodSecurity `),
	regexp.MustCompile(`^FailedCreate: .*ValidatingAdmissionPolicy '.*' with binding '.*' denied request`),
	regexp.MustCompile(`^FailedCreate: .* is invalid: `),
	regexp.MustCompile(`^claim .* ` + regexp.QuoteMeta(unusedClaim)),
	regexp.MustCompile(`^pod .* container .*: InvalidImageName: `),
	regexp.MustCompile(`^pod .* container .*: (ErrImagePull|ImagePullBackOff): (?s:.*)not found`),
}

func isFinal(reason string) bool {
	return slices.ContainsFunc(finalReasons, func(final *regexp.Regexp) bool { return final.MatchString(reason) })
}

// conditionReasons are the conditions that mean trouble, in the controllers' words: quota, admission, deadlines.
func conditionReasons(object map[string]any) []string {
	var reasons []string
	for _, found := range conditionsOf(object) {
		switch {
		case found.kind == "ReplicaFailure" && found.status == "True",
			found.kind == "Progressing" && found.status == "False":
			reasons = append(reasons, found.reason+": "+found.message)
		}
	}
	return reasons
}

// podsOf lists the pods that an object's selector selects; of a Deployment, those of its present template.
func (p *kubeProvider) podsOf(ctx context.Context, t target, object *unstructured.Unstructured) []unstructured.Unstructured {
	if t.gvk.GroupKind() == (schema.GroupKind{Kind: "Pod"}) {
		return []unstructured.Unstructured{*object}
	}
	raw, found, err := unstructured.NestedMap(object.Object, "spec", "selector")
	if t.gvk.Group == "" || !found || err != nil {
		return nil // no workload: a Service's or a claim's selector is another thing
	}
	var labels metav1.LabelSelector
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, &labels); err != nil {
		return nil
	}
	list, err := p.cluster.client.Resource(pods).Namespace(t.namespace).List(ctx,
		metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(&labels)})
	if err != nil {
		return nil
	}
	former := p.formerTemplates(ctx, t, object, metav1.FormatLabelSelector(&labels))
	return slices.DeleteFunc(list.Items, func(pod unstructured.Unstructured) bool {
		return former[pod.GetLabels()[templateHash]]
	})
}

// formerTemplates are the hashes of a Deployment's templates before this one: their pods' troubles are not its own.
func (p *kubeProvider) formerTemplates(
	ctx context.Context, t target, object *unstructured.Unstructured, selector string,
) map[string]bool {
	if t.gvk.Kind != "Deployment" {
		return nil
	}
	list, err := p.cluster.client.Resource(replicaSets).Namespace(t.namespace).List(ctx,
		metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil
	}
	former := map[string]bool{}
	for _, set := range list.Items {
		if set.GetAnnotations()[revision] != object.GetAnnotations()[revision] {
			former[set.GetLabels()[templateHash]] = true
		}
	}
	return former
}

// podReasons are what the scheduler and the kubelet say of a pod that is not ready.
func podReasons(pod map[string]any) []string {
	var reasons []string
	if scheduled := conditionOf(pod, "PodScheduled"); scheduled.status == "False" {
		reasons = append(reasons, scheduled.reason+": "+scheduled.message)
	}
	if text(pod, "status", "phase") == "Failed" {
		reasons = append(reasons, text(pod, "status", "reason")+": "+text(pod, "status", "message"))
	}
	for _, field := range []string{"initContainerStatuses", "containerStatuses"} {
		statuses, _, _ := unstructured.NestedSlice(pod, "status", field)
		for _, entry := range statuses {
			if status, ok := entry.(map[string]any); ok {
				reasons = append(reasons, containerReasons(status)...)
			}
		}
	}
	return reasons
}

func containerReasons(status map[string]any) []string {
	name := text(status, "name")
	var reasons []string
	switch waiting := text(status, "state", "waiting", "reason"); waiting {
	case "", "ContainerCreating", "PodInitializing": // the ordinary course of things
	default:
		reasons = append(reasons, fmt.Sprintf("container %s: %s: %s", name, waiting,
			text(status, "state", "waiting", "message")))
	}
	for _, state := range []string{"state", "lastState"} {
		if code := number(status, 0, state, "terminated", "exitCode"); code != 0 {
			reasons = append(reasons, fmt.Sprintf("container %s exited with code %d: %s %s", name, code,
				text(status, state, "terminated", "reason"), text(status, state, "terminated", "message")))
		}
	}
	ready, _, _ := unstructured.NestedBool(status, "ready")
	if running, found, _ := unstructured.NestedMap(status, "state", "running"); found && running != nil && !ready {
		reasons = append(reasons, fmt.Sprintf("container %s runs but its probes do not say it is ready", name))
	}
	return reasons
}

// warnings are the messages of an object's warning events. A claim that waits for its provisioner gets no warning,
// only ordinary events that say so.
func (p *kubeProvider) warnings(ctx context.Context, namespace string, object *unstructured.Unstructured) []string {
	if namespace == "" {
		return nil
	}
	selector := fields.Set{"involvedObject.uid": string(object.GetUID())}
	if object.GetKind() != claimKind.Kind {
		selector["type"] = "Warning"
	}
	list, err := p.cluster.client.Resource(events).Namespace(namespace).List(ctx,
		metav1.ListOptions{FieldSelector: selector.String()})
	if err != nil {
		return nil
	}
	var messages []string
	for _, event := range list.Items {
		messages = append(messages, text(event.Object, "reason")+": "+text(event.Object, "message"))
	}
	return unique(messages)
}

// held is what keeps an object from going away.
func (p *kubeProvider) held(ctx context.Context, t target, object *unstructured.Unstructured) []string {
	var reasons []string
	if object.GetKind() == "Namespace" {
		for _, found := range conditionsOf(object.Object) {
			if found.status == "True" {
				reasons = append(reasons, found.message) // what is left in it, and whose finalizers
			}
		}
	}
	for _, pod := range p.podsOf(ctx, t, object) {
		if pod.GetDeletionTimestamp() != nil && t.gvk.Kind != "Pod" {
			reasons = append(reasons, fmt.Sprintf("pod %s is ending, with a grace period of %d s", pod.GetName(),
				number(pod.Object, 0, "metadata", "deletionGracePeriodSeconds")))
		}
	}
	finalizers := slices.DeleteFunc(slices.Clone(object.GetFinalizers()), func(name string) bool {
		return name == metav1.FinalizerDeleteDependents // goes by itself once the pods are gone
	})
	if len(finalizers) > 0 {
		reasons = append(reasons, fmt.Sprintf("finalizers that nobody took away yet: %v", finalizers))
	}
	return reasons[:min(len(reasons), mostReasons)]
}

func unique(messages []string) []string {
	slices.Sort(messages)
	return slices.Compact(messages)
}
