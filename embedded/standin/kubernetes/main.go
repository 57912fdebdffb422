// pulumi-resource-kubernetes is the project's stand-in for Pulumi's Kubernetes provider, for machines that can reach
// package registries only. It manages objects of any kind by server-side apply.
package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/blang/semver"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"openclaw.invalid/tools/standin/internal/parent"
	"openclaw.invalid/tools/standin/internal/server"
)

// version is set by the build: -ldflags "-X main.version=4.34.2".
var version = "0.0.0-dev"

func main() {
	// It lives for seconds and holds some megabytes: collecting at Go's default of every doubling was a seventh of its work.
	debug.SetGCPercent(800)
	parent.OnDeath(func() { os.Exit(1) })
	err := provider.Main("kubernetes", func(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		return server.New(newProvider(host, semver.MustParse(version))), nil
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-kubernetes:", err)
		os.Exit(1)
	}
}
