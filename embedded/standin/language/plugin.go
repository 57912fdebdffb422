package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// RunPlugin runs a policy pack: the engine asks for one with `--policy-pack`. It lives as long as the stream, which
// the engine closes when it needs the pack no longer. Plugins of other kinds are not written in this project.
func (h *host) RunPlugin(
	req *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	if req.GetKind() != string(apitype.AnalyzerPlugin) {
		return status.Errorf(codes.Unimplemented,
			"the stand-in language host runs policy packs and no plugins of kind %q", req.GetKind())
	}
	cmd, err := policyPackCommand(stream.Context(), req)
	if err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return fmt.Errorf("could not pass on the policy pack's output: %w", err)
	}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	endWithHost(cmd)
	err = h.runToEnd(cmd)
	if closeErr := closer.Close(); err == nil && closeErr != nil {
		return closeErr
	}

	var exit *exec.ExitError
	switch {
	case err == nil, stream.Context().Err() != nil, h.wasCancelled():
		return nil
	case errors.As(err, &exit):
		return fmt.Errorf("the policy pack ended before it was asked to: %s", exit)
	default:
		return fmt.Errorf("could not run the policy pack: %w", err)
	}
}

// policyPackCommand is the node process that runs a policy pack under @pulumi/pulumi's own entry point. As with the
// official host its arguments end with the pack's folder, and that folder is its working directory.
//
// The stack's configuration is not handed over: the packs of this project ask for none.
func policyPackCommand(ctx context.Context, req *pulumirpc.RunPluginRequest) (*exec.Cmd, error) {
	directory := req.GetInfo().GetProgramDirectory()
	node, err := findNode(directory)
	if err != nil {
		return nil, err
	}
	entry, err := findEntry(directory, "run-policy-pack")
	if err != nil {
		return nil, err
	}
	args := append(parseOptions(req.GetInfo().GetOptions()).nodeArgs, entry)
	args = append(args, req.GetArgs()...)
	cmd := exec.CommandContext(ctx, node, append(args, directory)...)
	cmd.Dir = directory
	cmd.Env = req.GetEnv()
	return cmd, nil
}
