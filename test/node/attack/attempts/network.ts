import type { Attempt } from "../attempt.ts";

const policy = "NetworkPolicy";

/** To others' doors, by address and by name. */
export const network: readonly Attempt[] = [
  {
    name: "the neighbour's pod by its address",
    script: "$TOOL tcp $VICTIM_POD:18789",
    stoppedBy: policy,
    control: { from: "edge" },
  },
  {
    name: "the neighbour's Service by its address",
    script: "$TOOL tcp $VICTIM_SERVICE:18789",
    stoppedBy: policy,
    control: { from: "edge" },
  },
  {
    name: "the neighbour's Service by its name",
    script: "$TOOL tcp $VICTIM_NAME:18789",
    stoppedBy: "no tenant's name in DNS, NetworkPolicy",
    control: { from: "edge", script: "$TOOL tcp kube-dns.kube-system.svc.cluster.local:53" },
  },
  {
    name: "the neighbour with the sender's address of the edge",
    script: "$TOOL spoof $EDGE $VICTIM_POD:18789",
    stoppedBy: "no CAP_NET_ADMIN",
    control: { from: "edge" },
  },
  {
    name: "the edge's pod",
    script: "$TOOL tcp $EDGE:8080 $CANARY_EDGE",
    stoppedBy: policy,
    control: { from: "stranger" },
  },
  {
    name: "another port of the model gateway, such as its administration's",
    script: "$TOOL tcp $MODELS:4001 $CANARY_MODELS",
    stoppedBy: policy,
    control: { from: "tenant", script: "$TOOL tcp $MODELS:4000 $CANARY_MODELS" },
  },
  {
    name: "the shared database",
    script: "$TOOL tcp $SERVICES:5432 $CANARY_SERVICES",
    stoppedBy: "NetworkPolicy, on both ends",
    control: { from: "services", script: "$TOOL tcp 127.0.0.1:5432 $CANARY_SERVICES" },
  },
  {
    name: "a pod that is nobody's of ours",
    script: "$TOOL tcp $STRANGER:8080 $CANARY_STRANGER",
    stoppedBy: policy,
    control: { from: "edge" },
  },
  {
    name: "the API server by its Service",
    script: "$TOOL http GET https://$API/version gitVersion",
    stoppedBy: policy,
    control: { from: "stranger" },
  },
  {
    name: "the API server by its own address",
    script: "$TOOL http GET https://$API_ENDPOINT/version gitVersion",
    stoppedBy: policy,
    control: { from: "stranger" },
  },
  {
    name: "the kubelet, port 10250",
    script: "$TOOL http GET https://$NODE:10250/pods 401",
    stoppedBy: policy,
    control: { from: "stranger" },
  },
  {
    name: "the kubelet's read-only port 10255",
    script: "$TOOL tcp $NODE:10255 $CANARY_NODE",
    stoppedBy: policy,
    control: { from: "stranger" },
  },
  {
    name: "etcd, port 2379",
    script: "$TOOL tcp $NODE:2379 $CANARY_NODE",
    stoppedBy: policy,
    control: { from: "stranger" },
  },
  {
    name: "kube-proxy's port 10256",
    script: "$TOOL http GET http://$NODE:10256/healthz lastUpdated",
    stoppedBy: policy,
    control: { from: "stranger" },
  },
  {
    name: "what listens on the node's loopback: the kubelet's health",
    script: "$TOOL http GET http://127.0.0.1:10248/healthz ok",
    stoppedBy: "a network namespace of its own",
    control: { from: "node" },
  },
  {
    name: "metadata at 169.254.169.254",
    script: "$TOOL tcp 169.254.169.254:80 $CANARY_NODE",
    stoppedBy: policy,
    control: { from: "stranger" },
  },
  {
    name: "metadata at 100.100.100.200",
    script: "$TOOL tcp 100.100.100.200:80 $CANARY_NODE",
    stoppedBy: policy,
    control: { from: "stranger" },
  },
  {
    name: "metadata by an IPv4-mapped IPv6 address",
    script: "$TOOL tcp '[::ffff:169.254.169.254]:80' $CANARY_NODE",
    stoppedBy: policy,
    control: { from: "stranger" },
  },
  {
    name: "a raw socket, to send what it likes",
    script: "$TOOL socket icmp",
    stoppedBy: "no CAP_NET_RAW",
    control: { from: "node" },
  },
  {
    name: "a packet socket, for ARP and for listening in",
    script: "$TOOL socket packet",
    stoppedBy: "no CAP_NET_RAW",
    control: { from: "node" },
  },
  {
    name: "changing a network interface",
    script: "$TOOL socket interface",
    stoppedBy: "no CAP_NET_ADMIN",
    control: { from: "node" },
  },
  {
    name: "listening on a port below 1024",
    script: "$TOOL bind 81",
    stoppedBy: "no CAP_NET_BIND_SERVICE",
    control: { from: "node" },
  },
];

const answers = "$TOOL lookup host kube-dns.kube-system.svc.cluster.local .";
const unnamed = "DNS leaves tenants' namespaces out";

/** Attempts to learn which tenants there are. */
export const names: readonly Attempt[] = [
  {
    name: "whether the neighbour exists, by its name",
    script: "$TOOL lookup host $VICTIM_NAME .",
    stoppedBy: unnamed,
    control: { from: "tenant", script: answers },
  },
  {
    name: "who a Service's address belongs to, by a reverse query",
    script: "$TOOL lookup ptr $VICTIM_SERVICE tenant",
    stoppedBy: "DNS has no reverse zones",
    control: { from: "tenant", script: answers },
  },
  {
    name: "who a pod's address belongs to, by a reverse query",
    script: "$TOOL lookup ptr $VICTIM_POD tenant",
    stoppedBy: "DNS has no reverse zones",
    control: { from: "tenant", script: answers },
  },
  {
    name: "which ports the neighbour has, by SRV",
    script: "$TOOL lookup srv _http._tcp.$VICTIM_NAME openclaw",
    stoppedBy: unnamed,
    control: {
      from: "tenant",
      script: "$TOOL lookup srv _dns._udp.kube-dns.kube-system.svc.cluster.local kube-dns",
    },
  },
  {
    name: "all names at once, by a transfer of the zone",
    script: "$TOOL axfr $DNS:53 cluster.local openclaw",
    stoppedBy: "DNS transfers to nobody",
    control: { from: "tenant", script: "$TOOL tcp $DNS:53" },
  },
];
