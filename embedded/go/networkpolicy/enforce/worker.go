package main

import (
	"context"
	"log"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// The environment of the process that does the work; the one that a user starts keeps it working.
const workerVariable = "NETWORKPOLICY_ENFORCE_WORKER"

// A worker that fails at once is not started more often than this.
const pause = time.Second

func isWorker() bool { return os.Getenv(workerVariable) != "" }

// keepWorking starts this program again as a worker whenever it ends, however it ended: what it judges are packets of
// hostile pods, and until it is back no pod of the node begins a connection. Returns when the context ends.
func keepWorking(ctx context.Context) error {
	// The kernel ends the worker with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		// The path is the one that this process was started by: a cluster's processes are known by links in its folder.
		err := worker(ctx, os.Args[0], os.Args[1:]).Run()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		log.Printf("the worker ended (%v) and is started again", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func worker(ctx context.Context, program string, args []string) *exec.Cmd {
	command := exec.CommandContext(ctx, program, args...)
	command.Env = append(os.Environ(), workerVariable+"=1")
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 5 * time.Second
	return command
}
