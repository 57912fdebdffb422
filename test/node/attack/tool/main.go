// tool is what a hostile tenant would bring along: single system calls and connections that no program of the image
// makes. Every command exits with 0 only if it got what it tried for, and otherwise says why not.
package main

import (
	"fmt"
	"os"
)

// errRefused is an attempt that failed without an error of its own.
type errRefused string

func (e errRefused) Error() string { return string(e) }

var commands = map[string]func(args []string) error{
	"serve":   serve,
	"tcp":     connectTCP,
	"spoof":   spoof,
	"http":    request,
	"lookup":  lookup,
	"axfr":    axfr,
	"socket":  openSocket,
	"bind":    bind,
	"syscall": systemCall,
	"shocker": openByHandle,
	"memory":  takeMemory,
	"forks":   fork,
	"hide":    hideFile,
	"reserve": reserve,
	"spin":    spin,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "tool: no such command")
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
