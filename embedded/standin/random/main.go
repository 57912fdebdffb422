// pulumi-resource-random is the project's stand-in for Pulumi's random provider, for machines that can reach package
// registries only. It makes RandomPassword, RandomString, RandomId and RandomBytes from the system's CSPRNG.
package main

import (
	"fmt"
	"os"

	"github.com/blang/semver"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"openclaw.invalid/tools/standin/internal/parent"
	"openclaw.invalid/tools/standin/internal/server"
)

// version is set by the build: -ldflags "-X main.version=4.21.2".
var version = "0.0.0-dev"

func main() {
	parent.OnDeath(func() { os.Exit(1) })
	err := provider.Main("random", func(*provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		return server.New(&randomProvider{version: semver.MustParse(version)}), nil
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-random:", err)
		os.Exit(1)
	}
}
