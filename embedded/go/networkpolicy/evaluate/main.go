// evaluate reads connections as JSON from its standard input, [{"from":"10.0.0.1","to":"10.0.0.2","port":80,
// "protocol":"TCP"}], and prints for each what the cluster's NetworkPolicies say of it, in the same order:
// [{"egress":true,"ingress":false,"from":"namespace/pod","to":"namespace/pod"}]. It changes nothing.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"openclaw.invalid/tools/networkpolicy/policies"
)

func main() {
	kubeconfig := flag.String("kubeconfig", os.Getenv("KUBECONFIG"), "path of the kubeconfig")
	flag.Parse()
	log.SetFlags(0)
	if err := run(context.Background(), *kubeconfig, os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, kubeconfig string, input io.Reader, output io.Writer) error {
	var connections []policies.Connection
	decoder := json.NewDecoder(input)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&connections); err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cluster, err := policies.Watch(ctx, kubeconfig)
	if err != nil {
		return err
	}
	verdicts := make([]policies.Verdict, 0, len(connections))
	for _, connection := range connections {
		packet, err := connection.Packet()
		if err != nil {
			return err
		}
		verdict, err := cluster.Judge(ctx, packet)
		if err != nil {
			return err
		}
		verdicts = append(verdicts, verdict)
	}
	return json.NewEncoder(output).Encode(verdicts)
}
