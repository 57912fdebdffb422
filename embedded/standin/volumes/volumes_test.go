package main

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
)

const provisioner = "simulated.openclaw.ai"

func class(mode storagev1.VolumeBindingMode) *storagev1.StorageClass {
	expandable := true
	return &storagev1.StorageClass{
		ObjectMeta: metav1.ObjectMeta{Name: "simulated"}, Provisioner: provisioner,
		VolumeBindingMode: &mode, AllowVolumeExpansion: &expandable,
	}
}

// pendingClaim is one that the persistent-volume controller has asked a provisioner about.
func pendingClaim(size string) *corev1.PersistentVolumeClaim {
	className := "simulated"
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{
			Name: "data", Namespace: "tenant-acme", UID: "uid", Annotations: map[string]string{wantsProvisioner: provisioner},
		},
		Spec: corev1.PersistentVolumeClaimSpec{
			StorageClassName: &className,
			AccessModes:      []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(size)},
			},
		},
	}
}

func simulated() *controller {
	return &controller{name: provisioner, backing: nowhere{provisioner}}
}

// running starts a controller; it ends with the test.
func running(t *testing.T, client kubernetes.Interface) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- newController(client, provisioner, nowhere{provisioner}, topology{}).run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatal("never happened: " + what)
}

func TestAClaimGetsAVolumeOfItsSizeAndModes(t *testing.T) {
	client := fake.NewClientset(class(storagev1.VolumeBindingImmediate), pendingClaim("5Gi"))
	running(t, client)
	eventually(t, "a volume for the claim", func() bool {
		volume, err := client.CoreV1().PersistentVolumes().Get(context.Background(), "pvc-uid", metav1.GetOptions{})
		return err == nil && volume.Spec.ClaimRef.UID == "uid" && volume.Spec.CSI != nil &&
			volume.Spec.Capacity.Storage().String() == "5Gi" && volume.Spec.AccessModes[0] == corev1.ReadWriteOncePod
	})
}

func TestABoundClaimThatWantsMoreGrows(t *testing.T) {
	claim := pendingClaim("5Gi")
	volume := simulated().volumeFor(claim, class(storagev1.VolumeBindingImmediate))
	claim.Spec.VolumeName, claim.Status.Phase = volume.Name, corev1.ClaimBound
	claim.Status.Capacity = volume.Spec.Capacity
	claim.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("8Gi")}
	client := fake.NewClientset(class(storagev1.VolumeBindingImmediate), claim, volume)
	running(t, client)
	eventually(t, "claim and volume of 8Gi", func() bool {
		ctx := context.Background()
		grown, err := client.CoreV1().PersistentVolumeClaims("tenant-acme").Get(ctx, "data", metav1.GetOptions{})
		if err != nil || grown.Status.Capacity.Storage().String() != "8Gi" {
			return false
		}
		volume, err := client.CoreV1().PersistentVolumes().Get(ctx, volume.Name, metav1.GetOptions{})
		return err == nil && volume.Spec.Capacity.Storage().String() == "8Gi"
	})
}

func TestAReleasedVolumeIsDeletedUnlessItsPolicySaysRetain(t *testing.T) {
	deleted := simulated().volumeFor(pendingClaim("1Gi"), class(storagev1.VolumeBindingImmediate))
	deleted.Status.Phase = corev1.VolumeReleased
	retained := deleted.DeepCopy()
	retained.Name = "retained"
	retained.Spec.PersistentVolumeReclaimPolicy = corev1.PersistentVolumeReclaimRetain
	client := fake.NewClientset(deleted, retained)
	running(t, client)
	eventually(t, "only the retained volume is left", func() bool {
		list, err := client.CoreV1().PersistentVolumes().List(context.Background(), metav1.ListOptions{})
		return err == nil && len(list.Items) == 1 && list.Items[0].Name == "retained"
	})
}

func TestAClaimOfALateBindingClassWaitsForItsPod(t *testing.T) {
	claim := pendingClaim("1Gi")
	late := class(storagev1.VolumeBindingWaitForFirstConsumer)
	if mayProvision(claim, late) {
		t.Error("provisioned before the scheduler chose a node")
	}
	claim.Annotations[selectedNode] = "node-0"
	if !mayProvision(claim, late) {
		t.Error("not provisioned although the scheduler chose a node")
	}
}
