// pause is the first process of a PID namespace: it does nothing, takes in orphans until they end, and with its own end
// the kernel ends everything in the namespace. Every pod of a real node has one, and so has the node itself.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// Both before anything may happen: a first process is sent only those signals that it has asked for.
	end := make(chan os.Signal, 1)
	signal.Notify(end, os.Interrupt, syscall.SIGTERM)
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	for {
		select {
		case <-end:
			return
		case <-children:
			reap()
		}
	}
}

// reap takes the status of every child that has ended: one signal may stand for several of them.
func reap() {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
	}
}
