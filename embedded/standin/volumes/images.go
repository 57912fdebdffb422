package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// images keeps each volume in a file of the volume's size with an XFS in it, mounted beside it:
//
//	<folder>/<volume>/image
//	<folder>/<volume>/mount/data   what pods see
//
// So a volume is as large as it says and no larger, grows while it is in use, and cannot fill its neighbour's. The file
// has holes: it takes as much of the disk as is written to it. The mounts are of the mount namespace that the
// controller runs in, and the loop devices free themselves when it ends. XFS, because ext4 grows in use only for a
// process with CAP_SYS_RESOURCE, which root of a container often lacks.
type images struct{ folder string }

const owner = 0o700

func (i images) path(volume string, parts ...string) string {
	return filepath.Join(append([]string{i.folder, volume}, parts...)...)
}

// mountAll mounts what an earlier run has made. A pod of a volume that is not mounted yet waits: below its mount point
// there is no folder "data".
func (i images) mountAll() error {
	entries, err := os.ReadDir(i.folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		volume := entry.Name()
		_, err := os.Stat(i.path(volume, "image"))
		if errors.Is(err, os.ErrNotExist) {
			continue // a run was killed before it was complete; create makes it anew
		}
		if err == nil {
			err = i.mount(volume)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (i images) create(volume string, size resource.Quantity) error {
	if err := os.MkdirAll(i.path(volume, "mount"), owner); err != nil {
		return err
	}
	image := i.path(volume, "image")
	if _, err := os.Stat(image); errors.Is(err, os.ErrNotExist) {
		if err := i.format(image, size); err != nil {
			return err
		}
	}
	return i.mount(volume)
}

// format makes the file under another name first: it exists only complete.
func (i images) format(image string, size resource.Quantity) error {
	partial := image + ".partial"
	if err := os.WriteFile(partial, nil, 0o600); err != nil {
		return err
	}
	if err := os.Truncate(partial, size.Value()); err != nil {
		return err
	}
	if err := command("mkfs.xfs", "-q", partial); err != nil {
		return err
	}
	return os.Rename(partial, image)
}

func (i images) mount(volume string) error {
	point := i.path(volume, "mount")
	mounted, err := deviceOf(point)
	if err != nil {
		return err
	}
	if mounted == "" {
		if err := command("mount", "-o", "loop,nosuid,nodev,noatime", i.path(volume, "image"), point); err != nil {
			return err
		}
		log.Printf("mounted %s", volume)
	}
	// As the root folder of a new disk: root's, until the kubelet gives it to the pod's group.
	if err := os.Mkdir(filepath.Join(point, "data"), 0o755); !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

func (i images) grow(volume string, size resource.Quantity) error {
	image := i.path(volume, "image")
	info, err := os.Stat(image)
	if err != nil {
		return err
	}
	if info.Size() < size.Value() {
		if err := os.Truncate(image, size.Value()); err != nil {
			return err
		}
	}
	device, err := deviceOf(i.path(volume, "mount"))
	if err != nil {
		return err
	}
	if device == "" {
		return fmt.Errorf("%s is not mounted", volume)
	}
	if err := command("losetup", "--set-capacity", device); err != nil {
		return err
	}
	return command("xfs_growfs", i.path(volume, "mount"))
}

func (i images) remove(volume string) error {
	point := i.path(volume, "mount")
	device, err := deviceOf(point)
	if err != nil {
		return err
	}
	if device != "" {
		if err := command("umount", point); err != nil {
			return err
		}
	}
	return os.RemoveAll(i.path(volume))
}

func (i images) source(volume string) corev1.PersistentVolumeSource {
	return corev1.PersistentVolumeSource{
		Local: &corev1.LocalVolumeSource{Path: i.path(volume, "mount", "data")},
	}
}

// deviceOf returns the device that is mounted on a folder, or "".
func deviceOf(point string) (string, error) {
	table, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return "", err
	}
	return mountedDevice(string(table), point), nil
}

// mountedDevice reads a table of mounts as proc(5) describes it; of several mounts on one folder the last is seen.
func mountedDevice(table, point string) string {
	device := ""
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) > 1 && unescape.Replace(fields[1]) == point {
			device = fields[0]
		}
	}
	return device
}

var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

func command(name string, args ...string) error {
	output, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(output)))
	}
	return nil
}
