package main

import (
	"context"
	"fmt"
	"log"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	storagelisters "k8s.io/client-go/listers/storage/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

// workers is how many claims and volumes are seen to at once.
const workers = 4

// controller brings claims and volumes closer to what they should be, one step at a time: each step's effect comes
// back as an event and leads to the next. Steps may be repeated without harm, so it may be stopped at any point.
type controller struct {
	name      string
	backing   backing
	topology  topology
	client    kubernetes.Interface
	informers informers.SharedInformerFactory
	claims    corelisters.PersistentVolumeClaimLister
	volumes   corelisters.PersistentVolumeLister
	classes   storagelisters.StorageClassLister
	queue     workqueue.TypedRateLimitingInterface[string] // namespace/claim, or volume
}

func newController(client kubernetes.Interface, name string, bytes backing, reach topology) *controller {
	factory := informers.NewSharedInformerFactory(client, 0)
	c := &controller{
		name:      name,
		backing:   bytes,
		topology:  reach,
		client:    client,
		informers: factory,
		claims:    factory.Core().V1().PersistentVolumeClaims().Lister(),
		volumes:   factory.Core().V1().PersistentVolumes().Lister(),
		classes:   factory.Storage().V1().StorageClasses().Lister(),
		queue: workqueue.NewTypedRateLimitingQueue(
			workqueue.DefaultTypedControllerRateLimiter[string]()),
	}
	enqueue := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { c.enqueue(object) },
		UpdateFunc: func(_, object any) { c.enqueue(object) },
	}
	for _, informer := range []cache.SharedIndexInformer{
		factory.Core().V1().PersistentVolumeClaims().Informer(),
		factory.Core().V1().PersistentVolumes().Informer(),
	} {
		// It fails only for an informer that was stopped, and these were not even started.
		_, _ = informer.AddEventHandler(enqueue)
	}
	return c
}

func (c *controller) enqueue(object any) {
	if key, err := cache.MetaNamespaceKeyFunc(object); err == nil {
		c.queue.Add(key)
	}
}

func (c *controller) run(ctx context.Context) error {
	c.informers.Start(ctx.Done())
	for kind, synced := range c.informers.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("could not list %v: %w", kind, ctx.Err())
		}
	}
	var working sync.WaitGroup
	for range workers {
		working.Go(func() {
			for c.next(ctx) {
			}
		})
	}
	<-ctx.Done()
	c.queue.ShutDown()
	working.Wait()
	return nil
}

// next sees to one claim or volume. What fails is tried again, later each time.
func (c *controller) next(ctx context.Context) bool {
	key, closed := c.queue.Get()
	if closed {
		return false
	}
	defer c.queue.Done(key)
	if err := c.reconcile(ctx, key); err != nil && ctx.Err() == nil {
		log.Printf("%s: %v", key, err)
		c.queue.AddRateLimited(key)
		return true
	}
	c.queue.Forget(key)
	return true
}

func (c *controller) reconcile(ctx context.Context, key string) error {
	namespace, name, isClaim := strings.Cut(key, "/")
	var err error
	if isClaim {
		var claim *corev1.PersistentVolumeClaim
		if claim, err = c.claims.PersistentVolumeClaims(namespace).Get(name); err == nil {
			err = c.reconcileClaim(ctx, claim)
		}
	} else {
		var volume *corev1.PersistentVolume
		if volume, err = c.volumes.Get(key); err == nil {
			err = c.reconcileVolume(ctx, volume)
		}
	}
	if apierrors.IsNotFound(err) {
		return nil // gone in the meantime
	}
	return err
}

// reconcileVolume plays the provisioner's other half: it deletes what no claim wants any more.
func (c *controller) reconcileVolume(ctx context.Context, volume *corev1.PersistentVolume) error {
	if !c.isOurs(volume) || volume.Status.Phase != corev1.VolumeReleased || volume.DeletionTimestamp != nil ||
		volume.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete {
		return nil
	}
	log.Printf("deleting volume %s: its claim is gone", volume.Name)
	if err := c.backing.remove(volume.Name); err != nil {
		return err
	}
	return c.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, metav1.DeleteOptions{
		Preconditions: &metav1.Preconditions{UID: &volume.UID},
	})
}

func (c *controller) isOurs(volume *corev1.PersistentVolume) bool {
	return volume.Annotations[provisionedBy] == c.name
}
