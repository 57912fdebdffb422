// enforce holds pods of one node to the cluster's NetworkPolicies. The kernel hands it the first packet of every
// connection that a pod begins, it asks the engine of sigs.k8s.io/kube-network-policies, and the kernel lets the packet
// through or drops it. Without an answer, because this has not started yet or has died, the packet is dropped.
//
// That project's own data plane does the same by the nftables statement `queue`, which not every kernel has; see rules.go.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"

	"openclaw.invalid/tools/networkpolicy/policies"
	"sigs.k8s.io/kube-network-policies/pkg/network"
)

func main() {
	kubeconfig := flag.String("kubeconfig", os.Getenv("KUBECONFIG"), "path of the kubeconfig")
	uplink := flag.String("uplink", "", "interface of what is no pod: what comes in by it is let through")
	pods := flag.String("pods", "", "range of the pods' addresses")
	flag.Parse()
	log.SetPrefix("networkpolicy-enforce: ")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	work := func() error { return run(ctx, *kubeconfig, *uplink, *pods) }
	if !isWorker() {
		work = func() error { return keepWorking(ctx) }
	}
	if err := work(); err != nil && !errors.Is(err, context.Canceled) {
		log.Fatal(err)
	}
}

func run(ctx context.Context, kubeconfig, uplink, pods string) error {
	_, podRange, err := net.ParseCIDR(pods)
	if err != nil {
		return err
	}
	// Before anything is known: what arrives meanwhile is dropped.
	if err := install(uplink); err != nil {
		return err
	}
	cluster, err := policies.Watch(ctx, kubeconfig)
	if err != nil {
		return err
	}
	log.Print("the policies are known")
	return serve(ctx, func(packet *network.Packet) bool { return allowed(ctx, cluster, podRange, packet) })
}

func allowed(ctx context.Context, cluster *policies.Cluster, pods *net.IPNet, packet *network.Packet) bool {
	verdict, err := cluster.Judge(ctx, packet)
	if err != nil {
		log.Printf("%s to %s: %v", packet.SrcIP, packet.DstIP, err)
		return false
	}
	// A pod may be up before the API server says whose its address is. To the engine it would be a stranger, whom no
	// policy binds; the sender tries again.
	if isUnknown(pods, packet.SrcIP, verdict.From) || isUnknown(pods, packet.DstIP, verdict.To) {
		return false
	}
	return verdict.Allowed()
}

// The first address of the range is the node's own.
func isUnknown(pods *net.IPNet, address net.IP, pod string) bool {
	return pod == "" && pods.Contains(address) && !address.Equal(gatewayOf(pods))
}

func gatewayOf(pods *net.IPNet) net.IP {
	gateway := append(net.IP(nil), pods.IP.To4()...)
	gateway[len(gateway)-1]++
	return gateway
}
