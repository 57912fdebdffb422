package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// projectWithPack is a project folder with a node that runs `script` in sh, and a policy pack in `policy`.
func projectWithPack(t *testing.T, script string) (pack, node, entry string) {
	t.Helper()
	root := t.TempDir()
	pack = filepath.Join(root, "policy")
	node = filepath.Join(root, "node_modules", ".bin", "node")
	entry = filepath.Join(root, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack", "index.js")
	for _, directory := range []string{pack, filepath.Dir(node), filepath.Dir(entry)} {
		if err := os.MkdirAll(directory, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for file, content := range map[string]string{node: "#!/bin/sh\n" + script, entry: ""} {
		if err := os.WriteFile(file, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return pack, node, entry
}

func packRequest(pack string) *pulumirpc.RunPluginRequest {
	return &pulumirpc.RunPluginRequest{
		Kind: "analyzer", Args: []string{"engine"}, Env: []string{"PATH=" + os.Getenv("PATH")},
		Info: &pulumirpc.ProgramInfo{RootDirectory: pack, ProgramDirectory: pack, EntryPoint: "."},
	}
}

// outputStream records what a plugin prints.
type outputStream struct {
	grpc.ServerStream
	context context.Context
	printed chan string
}

func (s outputStream) Context() context.Context { return s.context }

func (s outputStream) Send(response *pulumirpc.RunPluginResponse) error {
	s.printed <- string(response.GetStdout()) + string(response.GetStderr())
	return nil
}

func TestAPolicyPackRunsInItsOwnFolderWithThatFolderLast(t *testing.T) {
	pack, node, entry := projectWithPack(t, "")
	cmd, err := policyPackCommand(context.Background(), packRequest(pack))
	if err != nil {
		t.Fatal(err)
	}
	if wanted := []string{node, entry, "engine", pack}; !slices.Equal(cmd.Args, wanted) {
		t.Errorf("got %q", cmd.Args)
	}
	if cmd.Dir != pack {
		t.Errorf("runs in %q", cmd.Dir)
	}
}

func TestAPolicyPackEndsWithoutAnErrorWhenTheEngineClosesItsStream(t *testing.T) {
	pack, _, _ := projectWithPack(t, "echo 4711; exec sleep 60")
	ctx, closeStream := context.WithCancel(context.Background())
	stream := outputStream{context: ctx, printed: make(chan string, 8)}
	ended := make(chan error, 1)
	go func() { ended <- newHost("engine").RunPlugin(packRequest(pack), stream) }()

	if port := <-stream.printed; strings.TrimSpace(port) != "4711" {
		t.Errorf("the engine got %q", port)
	}
	closeStream()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the pack still runs")
	}
}

func TestAPolicyPackThatFailsToStartIsAnError(t *testing.T) {
	pack, _, _ := projectWithPack(t, "exit 3")
	stream := outputStream{context: context.Background(), printed: make(chan string, 8)}
	err := newHost("engine").RunPlugin(packRequest(pack), stream)
	if err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v", err)
	}
}

func TestOtherPluginsAreRefused(t *testing.T) {
	stream := outputStream{context: context.Background()}
	err := newHost("engine").RunPlugin(&pulumirpc.RunPluginRequest{Kind: "resource"}, stream)
	if err == nil || !strings.Contains(err.Error(), `no plugins of kind "resource"`) {
		t.Errorf("got %v", err)
	}
}
