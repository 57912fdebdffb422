package main

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
)

// observation is an object after a change. gone is set when there is none any more.
type observation struct {
	object *unstructured.Unstructured
	gone   bool
}

// watchAgainAfter is how long to wait before asking an API server again that did not answer.
const watchAgainAfter = time.Second

// observe reports every change to an object after the one given, until the context ends.
func (t target) observe(ctx context.Context, since *unstructured.Unstructured) <-chan observation {
	observations := make(chan observation)
	go func() {
		version := since.GetResourceVersion()
		for ctx.Err() == nil {
			t.watch(ctx, version, observations)
			// API servers end watches after some minutes, or when the version is too old: look again, go on from there.
			version = t.look(ctx, observations)
		}
	}()
	return observations
}

// watch reports changes until the API server ends the watch.
func (t target) watch(ctx context.Context, version string, observations chan<- observation) {
	watcher, err := t.api.Watch(ctx, metav1.ListOptions{
		FieldSelector:   fields.OneTermEqualSelector(metav1.ObjectNameField, t.name).String(),
		ResourceVersion: version,
	})
	if err != nil {
		sleep(ctx, watchAgainAfter)
		return
	}
	defer watcher.Stop()
	for event := range watcher.ResultChan() {
		object, ok := event.Object.(*unstructured.Unstructured)
		if !ok || event.Type == watch.Error {
			return
		}
		send(ctx, observations, observation{object, event.Type == watch.Deleted})
	}
}

// look reports the object as it is now, and returns its version.
func (t target) look(ctx context.Context, observations chan<- observation) string {
	object, err := t.api.Get(ctx, t.name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		send(ctx, observations, observation{gone: true})
	case err != nil:
		sleep(ctx, watchAgainAfter)
	default:
		send(ctx, observations, observation{object: object})
		return object.GetResourceVersion()
	}
	return ""
}

func send(ctx context.Context, observations chan<- observation, seen observation) {
	select {
	case observations <- seen:
	case <-ctx.Done():
	}
}

func sleep(ctx context.Context, duration time.Duration) {
	select {
	case <-time.After(duration):
	case <-ctx.Done():
	}
}
