//go:build !linux

package main

import (
	"os/exec"
	"syscall"
)

// endWithHost has no parent-death signal to use here: a program whose host gets SIGKILL ends when it next talks to
// the engine, which is gone.
func endWithHost(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
