package policies

import (
	"context"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
)

func pod(namespace, address string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "pod"},
		Status: corev1.PodStatus{
			Phase:  corev1.PodRunning,
			PodIP:  address,
			PodIPs: []corev1.PodIP{{IP: address}},
		},
	}
}

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"name": name}}}
}

// closed lets nothing in but from the namespace "friend", and nothing out but to it.
func closed() *networkingv1.NetworkPolicy {
	friend := []networkingv1.NetworkPolicyPeer{{
		NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"name": "friend"}},
	}}
	return &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Namespace: "closed", Name: "policy"},
		Spec: networkingv1.NetworkPolicySpec{
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			Ingress:     []networkingv1.NetworkPolicyIngressRule{{From: friend}},
			Egress:      []networkingv1.NetworkPolicyEgressRule{{To: friend}},
		},
	}
}

func TestVerdictNamesBothEndsAndWhatTheirPoliciesSay(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	objects := []runtime.Object{
		namespace("closed"), namespace("friend"), namespace("stranger"), closed(),
		pod("closed", "10.0.0.1"), pod("friend", "10.0.0.2"), pod("stranger", "10.0.0.3"),
	}
	cluster, err := follow(ctx, fake.NewClientset(objects...))
	if err != nil {
		t.Fatal(err)
	}
	const closedPod, friendPod, strangerPod = "closed/pod", "friend/pod", "stranger/pod"
	for _, test := range []struct {
		from, to string
		want     Verdict
	}{
		{"10.0.0.2", "10.0.0.1", Verdict{true, true, friendPod, closedPod}},
		{"10.0.0.1", "10.0.0.2", Verdict{true, true, closedPod, friendPod}},
		{"10.0.0.3", "10.0.0.1", Verdict{true, false, strangerPod, closedPod}},
		{"10.0.0.1", "10.0.0.3", Verdict{false, true, closedPod, strangerPod}},
		{"10.0.0.1", "192.0.2.1", Verdict{false, true, closedPod, ""}},
		{"192.0.2.1", "10.0.0.1", Verdict{true, false, "", closedPod}},
		{"10.0.0.3", "192.0.2.1", Verdict{true, true, strangerPod, ""}},
	} {
		packet, err := Connection{From: test.from, To: test.to, Port: 80, Protocol: corev1.ProtocolTCP}.Packet()
		if err != nil {
			t.Fatal(err)
		}
		got, err := cluster.Judge(ctx, packet)
		if err != nil {
			t.Fatal(err)
		}
		if got != test.want {
			t.Errorf("%s to %s: got %+v, want %+v", test.from, test.to, got, test.want)
		}
	}
}

func TestConnectionThatNobodyCouldBeginIsRefused(t *testing.T) {
	for name, connection := range map[string]Connection{
		"no address":  {From: "pod", To: "10.0.0.1", Port: 80, Protocol: corev1.ProtocolTCP},
		"no port":     {From: "10.0.0.1", To: "10.0.0.2", Port: 0, Protocol: corev1.ProtocolTCP},
		"no protocol": {From: "10.0.0.1", To: "10.0.0.2", Port: 80},
	} {
		if _, err := connection.Packet(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
