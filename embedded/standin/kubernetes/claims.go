package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// judgeDeploymentAndClaims waits for a Deployment's claims as well, also where it has no replicas: the official plugin
// does. A claim that is not there yet is not waited for; a pod that needs it is.
func (p *kubeProvider) judgeDeploymentAndClaims(ctx context.Context, t target, deployment map[string]any) verdict {
	found := judgeDeployment(deployment)
	if !found.ready {
		return found
	}
	var unbound []string
	for _, claim := range p.claimsOf(ctx, t, deployment) {
		if text(claim.Object, "status", "phase") != "Bound" {
			unbound = append(unbound, claim.GetName())
		}
	}
	if len(unbound) > 0 {
		return verdict{waiting: "the claims of the Deployment to be bound: " + strings.Join(unbound, ", ")}
	}
	return found
}

// claimsOf are the claims that a Deployment's pods mount, as far as they exist.
func (p *kubeProvider) claimsOf(ctx context.Context, t target, deployment map[string]any) []unstructured.Unstructured {
	var claims []unstructured.Unstructured
	for _, name := range claimNames(deployment) {
		claim, err := p.cluster.client.Resource(persistentVolumeClaims).Namespace(t.namespace).Get(ctx, name,
			metav1.GetOptions{})
		if err == nil {
			claims = append(claims, *claim)
		}
	}
	return claims
}

func claimNames(deployment map[string]any) []string {
	volumes, _, _ := unstructured.NestedSlice(deployment, "spec", "template", "spec", "volumes")
	var names []string
	for _, volume := range volumes {
		fields, _ := volume.(map[string]any)
		if name := text(fields, "persistentVolumeClaim", "claimName"); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// claimReasons say why a Deployment's claims are not bound.
func (p *kubeProvider) claimReasons(ctx context.Context, t target, deployment map[string]any) []string {
	var reasons []string
	for _, claim := range p.claimsOf(ctx, t, deployment) {
		switch {
		case text(claim.Object, "status", "phase") == "Bound":
		case number(deployment, 1, "spec", "replicas") == 0 && p.bindsWhenUsed(ctx, claim.Object):
			reasons = append(reasons, fmt.Sprintf("claim %s %s", claim.GetName(), unusedClaim))
		default:
			for _, warning := range p.warnings(ctx, t.namespace, &claim) {
				reasons = append(reasons, fmt.Sprintf("claim %s: %s", claim.GetName(), warning))
			}
		}
	}
	return reasons
}

// unusedClaim is final: only another change of the Deployment brings the pod.
const unusedClaim = "is bound once a pod uses it (WaitForFirstConsumer), and with no replicas there is none. " +
	"Not to be waited for with the annotation pulumi.com/skipAwait"
