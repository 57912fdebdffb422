package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestTheProgramGetsTheArgumentsOfPulumisEntryPoint(t *testing.T) {
	got := programArguments(&pulumirpc.RunRequest{
		MonitorAddress: "monitor", Project: "p", Stack: "dev", Organization: "o", Pwd: "/p", DryRun: true, Parallel: 4,
		Info: &pulumirpc.ProgramInfo{RootDirectory: "/p", EntryPoint: "index.ts"}, Args: []string{"more"},
	}, "engine")
	wanted := []string{
		"--monitor", "monitor", "--engine", "engine", "--organization", "o", "--project", "p", "--root-directory", "/p",
		"--stack", "dev", "--pwd", "/p", "--dry-run", "--parallel", "4", "index.ts", "more",
	}
	if !slices.Equal(got, wanted) {
		t.Errorf("got %q", got)
	}
}

func TestOptionsOfTheProjectFile(t *testing.T) {
	raw, err := structpb.NewStruct(map[string]any{"typescript": false, "nodeargs": "--a --b=c"})
	if err != nil {
		t.Fatal(err)
	}
	got := parseOptions(raw)
	if got.typescript || !slices.Equal(got.nodeArgs, []string{"--a", "--b=c"}) {
		t.Errorf("got %+v", got)
	}
	if !parseOptions(nil).typescript {
		t.Error("the official host's default is to compile TypeScript")
	}
}

func TestTheProjectsOwnNodeComesFirst(t *testing.T) {
	root := t.TempDir()
	node := filepath.Join(root, "node_modules", ".bin", "node")
	program := filepath.Join(root, "program")
	for _, directory := range []string{filepath.Dir(node), program} {
		if err := os.MkdirAll(directory, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(node, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if found, err := findNode(program); err != nil || found != node {
		t.Errorf("found %q, %v", found, err)
	}
}

func TestTheEnginesAddressIsTheArgumentThatIsNoFlag(t *testing.T) {
	if got := engineAddress([]string{"-root=/p", "-typescript=false", "127.0.0.1:1"}); got != "127.0.0.1:1" {
		t.Errorf("got %q", got)
	}
}
