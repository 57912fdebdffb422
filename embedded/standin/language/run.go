package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// exitedAfterLogging is the exit code with which @pulumi/pulumi says that the user has seen the error already.
const exitedAfterLogging = 32

// Run runs the program to its end.
func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	cmd, err := h.command(ctx, req)
	if err != nil {
		return nil, err
	}
	err = h.runToEnd(cmd)

	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == exitedAfterLogging:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case h.wasCancelled():
		return &pulumirpc.RunResponse{Bail: true}, nil
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return &pulumirpc.RunResponse{
			Error: fmt.Sprintf("the program exited with code %d before it said why", exit.ExitCode()),
		}, nil
	case errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program was ended by a signal: %s", exit)}, nil
	default:
		return nil, fmt.Errorf("could not run the program: %w", err)
	}
}

// command is the node process that runs the program under @pulumi/pulumi's own entry point.
func (h *host) command(ctx context.Context, req *pulumirpc.RunRequest) (*exec.Cmd, error) {
	directory := req.GetInfo().GetProgramDirectory()
	node, err := findNode(directory)
	if err != nil {
		return nil, err
	}
	entry, err := findEntry(directory, "run")
	if err != nil {
		return nil, err
	}
	options := parseOptions(req.GetInfo().GetOptions())

	environment, err := programEnvironment(req, options)
	if err != nil {
		return nil, err
	}
	args := append(options.nodeArgs, entry)
	cmd := exec.CommandContext(ctx, node, append(args, programArguments(req, h.engine)...)...)
	cmd.Dir = req.GetPwd()
	cmd.Env = append(os.Environ(), environment...)
	// The engine reads this process's own streams, line by line, into its display.
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	endWithHost(cmd)
	return cmd, nil
}

// programArguments are the arguments of @pulumi/pulumi/cmd/run.
func programArguments(req *pulumirpc.RunRequest, engine string) []string {
	var args []string
	flag := func(name, value string) {
		if value != "" {
			args = append(args, "--"+name, value)
		}
	}
	flag("monitor", req.GetMonitorAddress())
	flag("engine", engine)
	flag("organization", req.GetOrganization())
	flag("project", req.GetProject())
	flag("root-directory", req.GetInfo().GetRootDirectory())
	flag("stack", req.GetStack())
	flag("pwd", req.GetPwd())
	if req.GetDryRun() {
		args = append(args, "--dry-run")
	}
	flag("parallel", strconv.Itoa(int(req.GetParallel())))
	args = append(args, req.GetInfo().GetEntryPoint())
	return append(args, req.GetArgs()...)
}

// programEnvironment hands the configuration over: it may be larger, and more secret, than a command line allows.
func programEnvironment(req *pulumirpc.RunRequest, options options) ([]string, error) {
	config, err := json.Marshal(req.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("could not encode the stack's configuration: %w", err)
	}
	secretKeys, err := json.Marshal(req.GetConfigSecretKeys())
	if err != nil {
		return nil, fmt.Errorf("could not encode the names of the stack's secrets: %w", err)
	}
	environment := []string{
		"PULUMI_CONFIG=" + string(config),
		"PULUMI_CONFIG_SECRET_KEYS=" + string(secretKeys),
		"PULUMI_NODEJS_TYPESCRIPT=" + strconv.FormatBool(options.typescript),
	}
	if options.tsconfig != "" {
		environment = append(environment, "PULUMI_NODEJS_TSCONFIG_PATH="+options.tsconfig)
	}
	return environment, nil
}

// nodeVersion asks node for its version, as in v24.21.0.
func nodeVersion(ctx context.Context, node string) (string, error) {
	out, err := exec.CommandContext(ctx, node, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%s --version: %w", node, err)
	}
	return strings.TrimSpace(string(out)), nil
}
