package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	// reportEvery is how often the progress display learns what is being waited for. Most waits are shorter.
	reportEvery = time.Second
	// diagnoseEvery counts reports: looking for reasons costs a few requests.
	diagnoseEvery = 4
	// lastDiagnosis is how long to look for reasons once the wait is over.
	lastDiagnosis = 5 * time.Second
)

// waits says whether the resource is to be waited for.
func waits(inputs resource.PropertyMap) bool {
	return annotation(inputs, "pulumi.com/skipAwait") != "true"
}

// await returns the object once it is ready. Its kind's judge decides on every change that the API server reports.
func (p *kubeProvider) await(
	ctx context.Context, t target, object *unstructured.Unstructured, wish change,
) (*unstructured.Unstructured, error) {
	judge := p.judgeFor(ctx, t, wish.inputs, wish.isNew)
	if judge == nil || !p.awaits(t, wish) {
		return object, nil
	}
	timeout := timeoutOf(wish.inputs, wish.timeout)
	ctx, stop := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("not ready after %s", timeout))
	defer stop()
	progress := p.report(wish.urn)
	defer progress.stop()

	observations := t.observe(ctx, object)
	for {
		verdict := judge(object.Object)
		if verdict.ready {
			return object, nil
		}
		if verdict.failed != "" {
			return object, p.explainNotReady(t, object, errors.New(verdict.failed), wish.inputs)
		}
		select {
		case seen := <-observations:
			if seen.gone {
				return object, explain(t, errors.New("it was deleted while it was waited for"), nil)
			}
			object = seen.object
		case <-progress.ticks():
			progress.show(verdict.waiting, func() []string { return redact(wish.inputs, p.diagnose(ctx, t, object)...) })
			if progress.isHopeless() {
				cause := fmt.Errorf("waiting for %s is of no use", verdict.waiting)
				return object, p.explainNotReady(t, object, cause, wish.inputs)
			}
		case <-ctx.Done():
			cause := fmt.Errorf("%w; waiting for: %s", context.Cause(ctx), verdict.waiting)
			return object, p.explainNotReady(t, object, cause, wish.inputs)
		}
	}
}

// awaits says whether a change is waited for. The official plugin may take the update of a Deployment whose pods go
// before the new ones come for ready while none runs: it meets the former ReplicaSet, which has no replicas any more.
func (p *kubeProvider) awaits(t target, wish change) bool {
	isRecreated := !wish.isNew && t.gvk.GroupKind() == deploymentKind &&
		lookupString(wish.inputs, "spec", "strategy", "type") == "Recreate"
	return waits(wish.inputs) && !(p.settings.readyEarly && isRecreated)
}

// judgeOnce says what keeps an object from being ready, without waiting.
func (p *kubeProvider) judgeOnce(
	ctx context.Context, t target, object *unstructured.Unstructured, inputs resource.PropertyMap,
) *notReady {
	judge := p.judgeFor(ctx, t, inputs, false)
	if judge == nil {
		return nil
	}
	verdict := judge(object.Object)
	if verdict.ready {
		return nil
	}
	return p.explainNotReady(t, object, errors.New(verdict.failed+verdict.waiting), inputs)
}

// awaitGone returns once the object is no more.
func (p *kubeProvider) awaitGone(
	ctx context.Context, t target, object *unstructured.Unstructured, urn resource.URN, timeout time.Duration,
) error {
	ctx, stop := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("still there after %s", timeout))
	defer stop()
	progress := p.report(urn)
	defer progress.stop()

	observations := t.observe(ctx, object)
	for {
		select {
		case seen := <-observations:
			if seen.gone || seen.object.GetUID() != object.GetUID() {
				return nil
			}
			object = seen.object
		case <-progress.ticks():
			progress.show("the object to be gone", func() []string { return p.held(ctx, t, object) })
		case <-ctx.Done():
			last, stop := context.WithTimeout(context.Background(), lastDiagnosis)
			defer stop()
			return &notReady{
				object:  object,
				summary: fmt.Sprintf("%s: deletion did not finish: %s", t, context.Cause(ctx)),
				reasons: p.held(last, t, object),
			}
		}
	}
}

// explainNotReady looks for the reasons while there is somebody to tell.
func (p *kubeProvider) explainNotReady(
	t target, object *unstructured.Unstructured, cause error, inputs resource.PropertyMap,
) *notReady {
	ctx, stop := context.WithTimeout(context.Background(), lastDiagnosis)
	defer stop()
	reasons := slices.DeleteFunc(p.diagnose(ctx, t, object), func(reason string) bool {
		return strings.HasSuffix(reason, cause.Error()) // a condition that the judge has quoted
	})
	return &notReady{
		object:  object,
		summary: redact(inputs, fmt.Sprintf("%s: %s", t, cause))[0],
		reasons: redact(inputs, reasons...),
	}
}

// report is what the progress display shows of a wait.
type report struct {
	provider *kubeProvider
	urn      resource.URN
	ticker   *time.Ticker
	shown    int
	last     string
	reasons  []string
	hopeless int // diagnoses in a row that found a final reason
}

func (p *kubeProvider) report(urn resource.URN) *report {
	return &report{provider: p, urn: urn, ticker: time.NewTicker(reportEvery)}
}

func (r *report) ticks() <-chan time.Time { return r.ticker.C }

// show tells what is waited for, and reasons that were not told before.
func (r *report) show(waiting string, diagnose func() []string) {
	if waiting != r.last {
		r.provider.status(r.urn, diag.Info, "Waiting for "+waiting)
		r.last = waiting
	}
	r.shown++
	if r.shown%diagnoseEvery != 0 {
		return
	}
	found := diagnose()
	if slices.ContainsFunc(found, isFinal) {
		r.hopeless++
	} else {
		r.hopeless = 0
	}
	for _, reason := range found {
		if !slices.Contains(r.reasons, reason) {
			r.reasons = append(r.reasons, reason)
			r.provider.status(r.urn, diag.Warning, reason)
		}
	}
}

// isHopeless wants a second opinion: right after a change, what controllers say may be of the time before it.
func (r *report) isHopeless() bool { return r.hopeless > 1 }

func (r *report) stop() {
	r.ticker.Stop()
	if r.last != "" {
		r.provider.status(r.urn, diag.Info, "")
	}
}
