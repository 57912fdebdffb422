package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestAMountedDeviceIsFoundByItsFolder(t *testing.T) {
	table := "/dev/vda / ext4 rw 0 0\n/dev/loop1 /home/a\\040b/mount ext4 rw 0 0\n/dev/loop2 /home/a\\040b/mount ext4 rw 0 0\n"
	if device := mountedDevice(table, "/home/a b/mount"); device != "/dev/loop2" {
		t.Errorf("found %q, not the mount that is seen", device)
	}
	if device := mountedDevice(table, "/home/a"); device != "" {
		t.Errorf("found %q on a folder that nothing is mounted on", device)
	}
}

func TestALocalVolumeIsReachedFromItsNodesOnly(t *testing.T) {
	c := &controller{name: provisioner, backing: images{"/volumes"}, topology: topology{"node", "real"}}
	volume := c.volumeFor(pendingClaim("1Gi"), class(storagev1.VolumeBindingImmediate))
	if volume.Spec.Local == nil || volume.Spec.Local.Path != "/volumes/pvc-uid/mount/data" {
		t.Errorf("source %+v", volume.Spec.PersistentVolumeSource)
	}
	term := volume.Spec.NodeAffinity.Required.NodeSelectorTerms[0].MatchExpressions[0]
	if term.Key != "node" || len(term.Values) != 1 || term.Values[0] != "real" {
		t.Errorf("affinity %+v", term)
	}
	if simulated().volumeFor(pendingClaim("1Gi"), class(storagev1.VolumeBindingImmediate)).Spec.NodeAffinity != nil {
		t.Error("a volume without topology is bound to nodes")
	}
}

// sizeOf is how large the file system on a folder is, in bytes.
func sizeOf(t *testing.T, folder string) int64 {
	t.Helper()
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil {
		t.Fatal(err)
	}
	return int64(stat.Blocks) * stat.Bsize
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnImageHoldsItsBytesAndGrowsAndGoes(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("mounting needs root")
	}
	if _, err := exec.LookPath("mkfs.xfs"); err != nil {
		t.Skip("it needs xfsprogs; the node tier, which brings its own, grows a volume too")
	}
	volumes := images{t.TempDir()}
	data := volumes.source("one").Local.Path
	must(t, volumes.create("one", resource.MustParse("320Mi")))
	t.Cleanup(func() { must(t, volumes.remove("one")) })
	must(t, volumes.create("one", resource.MustParse("320Mi")))
	must(t, os.WriteFile(filepath.Join(data, "kept"), []byte("yes"), 0o600))
	before := sizeOf(t, data)

	must(t, volumes.grow("one", resource.MustParse("640Mi")))
	if after := sizeOf(t, data); before >= 320<<20 || after <= before {
		t.Errorf("a volume of 320Mi has %d bytes, and %d when it is 640Mi", before, after)
	}

	must(t, command("umount", volumes.path("one", "mount")))
	if _, err := os.Stat(data); err == nil {
		t.Error("a pod could write beside a volume that is not mounted")
	}
	must(t, volumes.mountAll())
	if text, err := os.ReadFile(filepath.Join(data, "kept")); err != nil || strings.TrimSpace(string(text)) != "yes" {
		t.Errorf("after a new mount the file reads %q, %v", text, err)
	}
}
