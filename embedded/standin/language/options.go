package main

import (
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// options are those of `runtime.options` in Pulumi.yaml that matter for running a program.
type options struct {
	typescript bool     // compile with ts-node; Node itself strips the types when this is off
	tsconfig   string   // for ts-node
	nodeArgs   []string // for node, before the program
}

// parseOptions has the official host's defaults.
func parseOptions(raw *structpb.Struct) options {
	parsed := options{typescript: true}
	fields := raw.GetFields()
	if value, ok := fields["typescript"]; ok {
		parsed.typescript = value.GetBoolValue()
	}
	parsed.tsconfig = fields["tsconfig"].GetStringValue()
	// A single string, as the official host has it: no argument of node's needs a blank in it.
	parsed.nodeArgs = strings.Fields(fields["nodeargs"].GetStringValue())
	return parsed
}
