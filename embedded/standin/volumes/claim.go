package main

import (
	"context"
	"encoding/json"
	"log"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	// wantsProvisioner is how the persistent-volume controller asks a provisioner for a volume.
	wantsProvisioner = "volume.kubernetes.io/storage-provisioner"
	// selectedNode is how the scheduler says where the first pod of a claim goes.
	selectedNode = "volume.kubernetes.io/selected-node"
	// provisionedBy tells the persistent-volume controller who deletes a volume.
	provisionedBy = "pv.kubernetes.io/provisioned-by"
)

// reconcileClaim provisions a claim that is waiting, and grows one that wants more than it has.
func (c *controller) reconcileClaim(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	if claim.Annotations[wantsProvisioner] != c.name || claim.DeletionTimestamp != nil ||
		claim.Spec.StorageClassName == nil {
		return nil
	}
	class, err := c.classes.Get(*claim.Spec.StorageClassName)
	if err != nil {
		return err
	}
	switch {
	case claim.Spec.VolumeName == "" && mayProvision(claim, class):
		return c.provision(ctx, claim, class)
	case claim.Status.Phase == corev1.ClaimBound && wantsToGrow(claim) && allowsExpansion(class):
		return c.grow(ctx, claim)
	}
	return nil
}

// mayProvision holds a claim back that is to get its volume near its first pod, until the scheduler has chosen.
func mayProvision(claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass) bool {
	waitsForPod := class.VolumeBindingMode != nil && *class.VolumeBindingMode == storagev1.VolumeBindingWaitForFirstConsumer
	return !waitsForPod || claim.Annotations[selectedNode] != ""
}

func wantsToGrow(claim *corev1.PersistentVolumeClaim) bool {
	wanted, has := requested(claim), claim.Status.Capacity[corev1.ResourceStorage]
	return wanted.Cmp(has) > 0
}

func allowsExpansion(class *storagev1.StorageClass) bool {
	return class.AllowVolumeExpansion != nil && *class.AllowVolumeExpansion
}

func requested(claim *corev1.PersistentVolumeClaim) resource.Quantity {
	return claim.Spec.Resources.Requests[corev1.ResourceStorage]
}

// provision creates the volume, bound to the claim from its side; the persistent-volume controller completes it.
func (c *controller) provision(
	ctx context.Context, claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass,
) error {
	volume := c.volumeFor(claim, class)
	if err := c.backing.create(volume.Name, requested(claim)); err != nil {
		return err
	}
	_, err := c.client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil // an earlier event's, not bound yet
	}
	if err == nil {
		log.Printf("provisioned %s for claim %s/%s", volume.Name, claim.Namespace, claim.Name)
	}
	return err
}

// volumeFor is named after the claim's uid, as the external provisioner does: doing it twice makes one volume.
func (c *controller) volumeFor(
	claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass,
) *corev1.PersistentVolume {
	name := "pvc-" + string(claim.UID)
	policy := corev1.PersistentVolumeReclaimDelete
	if class.ReclaimPolicy != nil {
		policy = *class.ReclaimPolicy
	}
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{
			Name:        name,
			Annotations: map[string]string{provisionedBy: c.name},
		},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: requested(claim)},
			AccessModes:                   claim.Spec.AccessModes,
			VolumeMode:                    claim.Spec.VolumeMode,
			StorageClassName:              class.Name,
			MountOptions:                  class.MountOptions,
			PersistentVolumeReclaimPolicy: policy,
			ClaimRef: &corev1.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			PersistentVolumeSource: c.backing.source(name),
			NodeAffinity:           c.topology.affinity(),
		},
	}
}

// grow gives the volume the size that the claim asks for, then tells the claim, as resizer and kubelet do together.
func (c *controller) grow(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	size := requested(claim)
	volume, err := c.volumes.Get(claim.Spec.VolumeName)
	if err != nil || !c.isOurs(volume) {
		return err
	}
	if err := c.backing.grow(volume.Name, size); err != nil {
		return err
	}
	capacity := map[string]any{"capacity": corev1.ResourceList{corev1.ResourceStorage: size}}
	if has := volume.Spec.Capacity[corev1.ResourceStorage]; has.Cmp(size) < 0 {
		patch, err := json.Marshal(map[string]any{"spec": capacity})
		if err != nil {
			return err
		}
		_, err = c.client.CoreV1().PersistentVolumes().Patch(ctx, volume.Name, types.MergePatchType, patch,
			metav1.PatchOptions{})
		if err != nil {
			return err
		}
	}
	capacity["conditions"] = nil // "Resizing" and the like, which Kubernetes' own controllers may have set
	patch, err := json.Marshal(map[string]any{"status": capacity})
	if err != nil {
		return err
	}
	_, err = c.client.CoreV1().PersistentVolumeClaims(claim.Namespace).Patch(ctx, claim.Name, types.MergePatchType, patch,
		metav1.PatchOptions{}, "status")
	if err == nil {
		log.Printf("grew %s of claim %s/%s to %s", volume.Name, claim.Namespace, claim.Name, size.String())
	}
	return err
}
