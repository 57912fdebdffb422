package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// findNode returns the project's own Node when it has one (the npm package `node`), else the first on PATH.
// npm puts the former first on PATH anyway; a plain `pulumi up` would get the machine's, which may be too old to
// strip types. No version is asked for: starting node to ask it would cost every run 40 ms.
func findNode(directory string) (string, error) {
	if node, ok := findUpwards(directory, filepath.Join("node_modules", ".bin", "node")); ok {
		return node, nil
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return "", fmt.Errorf("no node in %s/node_modules/.bin nor on PATH: run `npm ci` in the project", directory)
	}
	return node, nil
}

// findEntry returns a script of the program's own @pulumi/pulumi: `run` for programs, `run-policy-pack` for packs.
func findEntry(directory, command string) (string, error) {
	entry, ok := findUpwards(directory, filepath.Join("node_modules", "@pulumi", "pulumi", "cmd", command, "index.js"))
	if !ok {
		return "", fmt.Errorf("@pulumi/pulumi is not installed in %s: run `npm ci` there", directory)
	}
	return entry, nil
}

// findUpwards looks for path in directory and its parents, as Node's module resolution does.
func findUpwards(directory, path string) (string, bool) {
	for {
		candidate := filepath.Join(directory, path)
		if _, err := os.Stat(candidate); err == nil {
			return candidate, true
		}
		parent := filepath.Dir(directory)
		if parent == directory {
			return "", false
		}
		directory = parent
	}
}
