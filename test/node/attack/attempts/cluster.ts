import type { Attempt } from "../attempt.ts";

const token = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** A request with credentials of Kubernetes or of another tenant's gateway. */
export const identities: readonly Attempt[] = [
  {
    name: "a token of its ServiceAccount",
    script: `head -c 3 ${token} | grep -q eyJ`,
    stoppedBy: "automountServiceAccountToken: false",
    control: { from: "stranger" },
  },
  {
    name: "a token anywhere else in its files",
    script: `grep -rlsE '^eyJ[A-Za-z0-9_-]+[.]' /var/run /run /etc /tmp /home 2>/dev/null | grep -q .`,
    stoppedBy: "automountServiceAccountToken: false",
    control: { from: "stranger" },
  },
  {
    name: "creating a pod without a token, from where the API server can be reached",
    from: "stranger",
    script: `BODY='{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"}}' $TOOL http POST https://$API/api/v1/namespaces/$VICTIM_NAMESPACE/pods 422 'Content-Type: application/json'`,
    stoppedBy: "RBAC: nobody is anonymous",
    control: { from: "stranger", script: "$TOOL http GET https://$API/version gitVersion" },
  },
  {
    name: "reading the neighbour's Secret with a pod's token, from there",
    from: "stranger",
    script: `$TOOL http GET https://$API/api/v1/namespaces/$VICTIM_NAMESPACE/secrets/openclaw-credentials 200 "Authorization: Bearer $(cat ${token})"`,
    stoppedBy: "RBAC",
    control: {
      from: "stranger",
      script: `BODY='{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}' $TOOL http POST https://$API/apis/authentication.k8s.io/v1/selfsubjectreviews attack-stranger 'Content-Type: application/json' "Authorization: Bearer $(cat ${token})"`,
    },
  },
  {
    name: "running a command in the neighbour by the kubelet, from where it can be reached",
    from: "stranger",
    script: `$TOOL http POST "https://$NODE:10250/run/$VICTIM_NAMESPACE/openclaw/openclaw?cmd=id" 200 "Authorization: Bearer $(cat ${token})"`,
    stoppedBy: "the kubelet asks for authorization",
    control: { from: "stranger", script: "$TOOL tcp $NODE:10250" },
  },
  {
    name: "its own gateway token at the neighbour's gateway, through the edge",
    from: "edge",
    script: `$TOOL http GET http://$VICTIM_SERVICE:18789/v1/models 200 'X-Forwarded-For: 203.0.113.7' "Authorization: Bearer $OWN_TOKEN"`,
    stoppedBy: "a gateway token a tenant",
    control: {
      from: "edge",
      script: `$TOOL http GET http://$VICTIM_SERVICE:18789/v1/models 200 'X-Forwarded-For: 203.0.113.7' "Authorization: Bearer $VICTIM_TOKEN"`,
    },
  },
  {
    name: "posing as a user whom the edge has signed in, at the neighbour's gateway",
    from: "edge",
    script: `$TOOL http GET http://$VICTIM_SERVICE:18789/v1/models 200 'X-Forwarded-For: 203.0.113.7' 'X-Forwarded-Proto: https' 'X-Forwarded-User: alice@acme.example'`,
    stoppedBy: "the gateway asks for its token",
    control: {
      from: "edge",
      script: `$TOOL http GET http://$VICTIM_SERVICE:18789/v1/models 200 'X-Forwarded-For: 203.0.113.7' "Authorization: Bearer $VICTIM_TOKEN"`,
    },
  },
  {
    name: "the same, without the edge",
    script: `$TOOL http GET http://$VICTIM_SERVICE:18789/v1/models 401 'X-Forwarded-User: alice@acme.example'`,
    stoppedBy: "NetworkPolicy",
    control: {
      from: "edge",
      script: `$TOOL http GET http://$VICTIM_SERVICE:18789/v1/models 401 'X-Forwarded-For: 203.0.113.7'`,
    },
  },
];

/** The HTTP API of its own gateway as the edge leads a signed-in user with `role: user` there. */
const asUser = (path: string, wanted: string, body: string, ...headers: string[]): string =>
  [
    `BODY='${body}' $TOOL http POST http://$OWN_SERVICE:18789${path} '${wanted}'`,
    "'Content-Type: application/json' 'X-Forwarded-For: 203.0.113.7' 'X-Forwarded-Proto: https'",
    ["X-Forwarded-User: user@mallory.example", ...headers].map((header) => `'${header}'`).join(" "),
  ].join(" ");

const tool = (name: string) => JSON.stringify({ tool: name, args: {} });

/** What the same user may do: without that the headers would be wrong. */
const allowedToUsers = {
  from: "edge",
  script: asUser("/tools/invoke", '"ok":true', tool("session_status")),
} as const;

/** As an administrator of its own gateway, which OpenClaw takes everybody for by HTTP whom the edge has signed in. */
export const roles: readonly Attempt[] = [
  {
    name: "a chat as an administrator, by a user without that role, through the edge",
    from: "edge",
    // Where it is served, a chat without messages gets 400, and one of another model an answer.
    script: asUser("/v1/chat/completions", "400", "{}", "X-Openclaw-Model: tenantproxy/MiniMax-M3"),
    stoppedBy: "no chat completions in trusted-proxy mode",
    control: allowedToUsers,
  },
  {
    name: "the same, saying itself that it is one",
    from: "edge",
    script: asUser("/v1/chat/completions", "400", "{}", "X-Openclaw-Scopes: operator.admin"),
    stoppedBy: "no chat completions in trusted-proxy mode",
    control: allowedToUsers,
  },
  {
    name: "a tool of administrators, by a user without that role, through the edge",
    from: "edge",
    // Where it may be called, it asks what to do.
    script: asUser("/tools/invoke", "action required", tool("sessions")),
    stoppedBy: "tools denied in trusted-proxy mode",
    control: allowedToUsers,
  },
];
