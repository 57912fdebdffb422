// pulumi-language-nodejs is the project's stand-in for Pulumi's Node.js language host, for machines that can reach
// package registries only. It runs a program and policy packs; everything else a language host may do is left
// unimplemented.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"google.golang.org/grpc"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"openclaw.invalid/tools/standin/internal/parent"
)

// version is set by the build: -ldflags "-X main.version=3.259.0".
var version = "0.0.0-dev"

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-nodejs:", err)
		os.Exit(1)
	}
}

// serve answers the engine until it says goodbye with a signal, or is gone without one.
func serve() error {
	engine := engineAddress(os.Args[1:])
	if engine == "" {
		return fmt.Errorf("usage: pulumi-language-nodejs [flags] ENGINE-ADDRESS (the Pulumi engine starts this program)")
	}
	host := newHost(engine)

	cancel := make(chan bool)
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, host)
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("could not listen for the engine: %w", err)
	}
	// The engine reads the port from the first line; what follows on stdout is the program's.
	fmt.Println(server.Port)

	parent.OnDeath(func() {
		host.kill()
		os.Exit(1)
	})
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-stop
		host.kill()
		close(cancel)
	}()
	return <-server.Done
}

// engineAddress is the one argument that is not a flag. The engine also passes runtime options as flags
// (-typescript=false, -root=…); they come again, typed, with every Run request.
func engineAddress(args []string) string {
	for _, arg := range args {
		if arg != "" && arg[0] != '-' {
			return arg
		}
	}
	return ""
}
