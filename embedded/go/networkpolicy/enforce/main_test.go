package main

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/mdlayher/netlink"
)

// A flood of connections of one pod must not end the judge of all of them.
func TestErrorsThatPass(t *testing.T) {
	receive := func(err error) error {
		return &netlink.OpError{Op: "receive", Err: os.NewSyscallError("recvmsg", err)}
	}
	for _, test := range []struct {
		err  error
		want bool
	}{
		{receive(syscall.ENOBUFS), true},
		{receive(syscall.EAGAIN), true},
		{receive(syscall.EINTR), true},
		{receive(syscall.EBADF), false},
		{errors.New("other"), false},
	} {
		if got := isPassing(test.err); got != test.want {
			t.Errorf("%v: got %t, want %t", test.err, got, test.want)
		}
	}
}

func TestWorkerEndsWithItsContextAndKnowsWhatItIs(t *testing.T) {
	said := filepath.Join(t.TempDir(), "said")
	ctx, stop := context.WithCancel(t.Context())
	script := `trap 'exit 7' TERM; echo "$` + workerVariable + `" >` + said + `; while true; do sleep 0.01; done`
	command := worker(ctx, "/bin/sh", []string{"-c", script})
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	for {
		if text, _ := os.ReadFile(said); string(text) == "1\n" {
			break
		}
		time.Sleep(time.Millisecond)
	}
	stop()
	var ended *exec.ExitError
	if err := command.Wait(); !errors.As(err, &ended) || ended.ExitCode() != 7 {
		t.Errorf("the worker ended with %v", err)
	}
}

// The engine binds no policy to a sender that is no pod, so an address of the range must not pass for one.
func TestAddressOfTheRangeIsUnknownUntilItIsAPods(t *testing.T) {
	_, pods, err := net.ParseCIDR("10.0.7.0/24")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		address, pod string
		want         bool
	}{
		{"10.0.7.2", "", true},
		{"10.0.7.2", "tenant-acme/openclaw", false},
		{"10.0.7.1", "", false},
		{"10.0.8.2", "", false},
		{"192.0.2.1", "", false},
	} {
		if got := isUnknown(pods, net.ParseIP(test.address), test.pod); got != test.want {
			t.Errorf("%s of pod %q: got %t, want %t", test.address, test.pod, got, test.want)
		}
	}
}
