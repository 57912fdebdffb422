package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"
)

// Numbers of x86-64 and arm64, in this order.
var numbers = map[string][2]uintptr{
	"bpf":               {321, 280},
	"perf_event_open":   {298, 241},
	"keyctl":            {250, 219},
	"add_key":           {248, 217},
	"reboot":            {169, 142},
	"clock_settime":     {227, 112},
	"sethostname":       {170, 161},
	"swapon":            {167, 224},
	"syslog":            {103, 116},
	"acct":              {163, 89},
	"open_by_handle_at": {304, 265},
	"process_vm_readv":  {310, 270},
	"ptrace":            {101, 117},
	"setns":             {308, 268},
	"unshare":           {272, 97},
	"mount":             {165, 40},
	"chroot":            {161, 51},
	"pivot_root":        {155, 41},
	"setuid":            {105, 146},
	"setgroups":         {116, 159},
	"setpriority":       {141, 140},
}

func number(name string) uintptr {
	if runtime.GOARCH == "arm64" {
		return numbers[name][1]
	}
	return numbers[name][0]
}

// syscall NAME [ARGUMENT]: makes the call. EPERM, EACCES and ENOSYS are refusals, and so is not finding a process; any
// other answer means that the kernel has looked at what was asked for.
func systemCall(args []string) error {
	runtime.LockOSThread()
	name := args[0]
	a, b, c, d, err := arguments(name, args[1:])
	if err != nil {
		return err
	}
	result, _, errno := syscall.Syscall6(number(name), a, b, c, d, 0, 0)
	switch {
	case errno == 0:
		fmt.Println(name, "returned", result)
	case errors.Is(errno, os.ErrPermission), errno == syscall.ENOSYS, errno == syscall.ESRCH:
		return errno
	default:
		fmt.Println(name, "got as far as", errno.Error())
	}
	return nil
}

const badPointer = 1

// What calls have addresses of, which the garbage collector does not know.
var kept [][]byte

func address(bytes []byte) uintptr {
	kept = append(kept, bytes)
	return uintptr(unsafe.Pointer(&bytes[0]))
}

func arguments(name string, args []string) (a, b, c, d uintptr, err error) {
	text := func(value string) uintptr { return address(append([]byte(value), 0)) }
	pid := func() (uintptr, error) {
		value, err := strconv.Atoi(args[0])
		return uintptr(value), err
	}
	switch name {
	case "bpf":
		const programLoad = 5
		return programLoad, badPointer, 48, 0, nil
	case "perf_event_open":
		// Every process on the first processor.
		attributes := make([]byte, 112)
		attributes[0], attributes[4] = 1, 112
		return address(attributes), ^uintptr(0), 0, ^uintptr(0), nil
	case "keyctl":
		// The keyring of the user, whom every pod of the same uid shares.
		const getKeyring, userKeyring = 0, ^uintptr(3)
		return getKeyring, userKeyring, 1, 0, nil
	case "add_key":
		const userKeyring = ^uintptr(3)
		return text("user"), text("attack"), text("x"), 1, nil
	case "reboot":
		// Who may is told that these are not the numbers to reboot with.
		return 1, 1, 1, 0, nil
	case "acct", "clock_settime":
		return badPointer, badPointer, badPointer, badPointer, nil
	case "sethostname":
		host, err := os.Hostname()
		return text(host), uintptr(len(host)), 0, 0, err
	case "swapon":
		return text("/nonexistent"), 0, 0, 0, nil
	case "syslog":
		const readAll = 3
		buffer := make([]byte, 16)
		return readAll, address(buffer), 16, 0, nil
	case "ptrace":
		const seize = 0x4206
		value, err := pid()
		return seize, value, 0, 0, err
	case "process_vm_readv":
		value, err := pid()
		return value, 0, 0, 0, err
	case "setns":
		file, err := os.Open(args[0])
		if err != nil {
			return 0, 0, 0, 0, err
		}
		return file.Fd(), 0, 0, 0, nil
	case "unshare":
		flags := map[string]uintptr{"user": 0x10000000, "mount": 0x20000, "network": 0x40000000, "process": 0x20000000}
		return flags[args[0]], 0, 0, 0, nil
	case "mount":
		if args[0] == "remount" {
			return text("none"), text("/"), text(""), syscall.MS_REMOUNT | syscall.MS_BIND, nil
		}
		folder, err := os.MkdirTemp("", "mount")
		return text(args[0]), text(folder), text(args[0]), 0, err
	case "chroot":
		return text("/"), 0, 0, 0, nil
	case "pivot_root":
		return text("/tmp"), text("/tmp"), 0, 0, nil
	case "setgroups":
		return 0, 0, 0, 0, nil
	case "setuid":
		return 0, 0, 0, 0, nil
	case "setpriority":
		// Of itself, to the front.
		return 0, 0, ^uintptr(18), 0, nil
	}
	return 0, 0, 0, 0, fmt.Errorf("%s: no such call", name)
}

// shocker FILE-OF-ANY-MOUNT: opens the root of the file system that a file is on by its number, which is the same on
// each, and so leaves the part of it that is mounted.
func openByHandle(args []string) error {
	mount, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer mount.Close()
	// struct file_handle: eight bytes, of type FILEID_INO32_GEN; the inode number 2 is the root of ext4.
	handle := []byte{8, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}
	fd, _, errno := syscall.Syscall(number("open_by_handle_at"), mount.Fd(), uintptr(unsafe.Pointer(&handle[0])), 0)
	if errno == 0 {
		return syscall.Close(int(fd))
	}
	if errno == syscall.ESTALE || errno == syscall.EINVAL {
		fmt.Println("looked for it:", errno.Error())
		return nil
	}
	return errno
}

func setFlags(fd int, name string) error {
	var request [40]byte
	copy(request[:], name)
	const get, set = 0x8913, 0x8914
	for _, command := range []uintptr{get, set} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), command, uintptr(unsafe.Pointer(&request[0]))); errno != 0 {
			return errno
		}
	}
	if !bytes.HasPrefix(request[:], []byte(name)) {
		return errRefused("another interface")
	}
	return nil
}
