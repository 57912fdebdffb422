package main

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// runToEnd runs cmd, within reach of kill.
func (h *host) runToEnd(cmd *exec.Cmd) error {
	// Linux delivers the parent-death signal when the thread that started the child ends: keep it until then.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	cmd.Cancel = func() error { return killGroup(cmd.Process) }
	if err := cmd.Start(); err != nil {
		return err
	}
	h.track(cmd.Process)
	defer h.forget(cmd.Process)
	return cmd.Wait()
}

func (h *host) track(program *os.Process) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.programs[program] = struct{}{}
}

func (h *host) forget(program *os.Process) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.programs, program)
}

// kill ends the running programs at once: nothing they could still do would be recorded.
func (h *host) kill() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cancelled = true
	for program := range h.programs {
		// It may have ended by itself a moment ago, which is as good.
		_ = killGroup(program)
	}
}

// wasCancelled tells whether a program that was ended by a signal got it from kill.
func (h *host) wasCancelled() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cancelled
}

// killGroup ends a program and what it started: it leads a process group of its own.
func killGroup(program *os.Process) error {
	return syscall.Kill(-program.Pid, syscall.SIGKILL)
}
