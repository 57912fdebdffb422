// Package policies answers what the NetworkPolicies of a cluster say of a connection. The answer is that of SIG
// Network's own engine, sigs.k8s.io/kube-network-policies, over the objects that the API server has now.
package policies

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/kube-network-policies/pkg/api"
	"sigs.k8s.io/kube-network-policies/pkg/network"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
	"sigs.k8s.io/kube-network-policies/pkg/podinfo"
)

// Cluster is a view of a cluster's namespaces, pods and policies that follows every change.
type Cluster struct {
	pods     *podinfo.InformerProvider
	policies *networkpolicy.StandardNetworkPolicy
}

// Verdict on a connection: what the sender's policies say of it and what the receiver's do. It comes about only if
// both allow it.
type Verdict struct {
	Egress  bool `json:"egress"`
	Ingress bool `json:"ingress"`
	// From and To name the pods (namespace/name) that the addresses belong to; empty if it is none's.
	From string `json:"from"`
	To   string `json:"to"`
}

// Allowed tells whether the connection comes about.
func (v Verdict) Allowed() bool { return v.Egress && v.Ingress }

// Watch returns when everything that the cluster has now is known.
func Watch(ctx context.Context, kubeconfig string) (*Cluster, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return follow(ctx, client)
}

func follow(ctx context.Context, client kubernetes.Interface) (*Cluster, error) {
	factory := informers.NewSharedInformerFactory(client, 0)
	namespaces, pods := factory.Core().V1().Namespaces(), factory.Core().V1().Pods()
	byAddress, err := podinfo.NewInformerResolver(pods.Informer())
	if err != nil {
		return nil, err
	}
	cluster := &Cluster{
		pods: podinfo.NewInformerProvider(pods, namespaces, nil, []podinfo.IPResolver{byAddress}),
		// The node's name matters to the engine's own data plane only.
		policies: networkpolicy.NewStandardNetworkPolicy("", namespaces, pods, factory.Networking().V1().NetworkPolicies()),
	}
	factory.Start(ctx.Done())
	waiting, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for kind, synced := range factory.WaitForCacheSync(waiting.Done()) {
		if !synced {
			return nil, fmt.Errorf("the API server does not list %s", kind)
		}
	}
	return cluster, nil
}

// Judge asks about one packet that opens a connection.
func (c *Cluster) Judge(ctx context.Context, packet *network.Packet) (Verdict, error) {
	from, _ := c.pods.GetPodInfoByIP(packet.SrcIP.String())
	to, _ := c.pods.GetPodInfoByIP(packet.DstIP.String())
	egress, egressErr := c.policies.EvaluateEgress(ctx, packet, from, to)
	ingress, ingressErr := c.policies.EvaluateIngress(ctx, packet, from, to)
	return Verdict{
		Egress:  egress != api.VerdictDeny,
		Ingress: ingress != api.VerdictDeny,
		From:    name(from),
		To:      name(to),
	}, errors.Join(egressErr, ingressErr)
}

func name(pod *api.PodInfo) string {
	if pod == nil {
		return ""
	}
	return pod.GetNamespace().GetName() + "/" + pod.GetName()
}

// Connection is what a policy can tell apart. The sender's port is any.
type Connection struct {
	From     string          `json:"from"`
	To       string          `json:"to"`
	Port     int             `json:"port"`
	Protocol corev1.Protocol `json:"protocol"`
}

// Packet that opens the connection.
func (c Connection) Packet() (*network.Packet, error) {
	from, to := net.ParseIP(c.From), net.ParseIP(c.To)
	if from == nil || to == nil {
		return nil, fmt.Errorf("%q to %q: both must be IP addresses", c.From, c.To)
	}
	switch c.Protocol {
	case corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP:
	default:
		return nil, fmt.Errorf("protocol %q: TCP, UDP or SCTP is wanted", c.Protocol)
	}
	if c.Port < 1 || c.Port > 65535 {
		return nil, fmt.Errorf("port %d: 1 to 65535 is wanted", c.Port)
	}
	const anyPort = 50000
	return &network.Packet{SrcIP: from, DstIP: to, SrcPort: anyPort, DstPort: c.Port, Proto: c.Protocol}, nil
}
