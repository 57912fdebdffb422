import { ackPlatformOutputs } from "../fixtures/alicloudOutputs.ts";
import { tkePlatformOutputs } from "../fixtures/tencentcloud/outputs.ts";
import type { Certificate, CloudAnswer, CloudCall } from "./loopback.ts";

/** What the real providers ask of their clouds during a preview, and what is answered in the clouds' place. */
export interface CloudOfPreview {
  /** All that may be asked. A call more is a finding: it needs a right, a network or an answer that docs do not tell of. */
  readonly calls: readonly CloudCall[];
  readonly answer: CloudAnswer;
  /** Made-up credentials, and what a provider would otherwise find out by a call. */
  readonly environment: Readonly<Record<string, string>>;
  /** The stack and the outputs of the platform that a cell reads. */
  readonly platform?: { readonly stack: string; readonly outputs: object };
}

/** Where no API server is, so that nobody waits for one. */
const nowhere = "https://127.0.0.1:9";

const kubeconfig = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "nowhere", cluster: { server: nowhere } }],
  users: [{ name: "nobody", user: { token: "none" } }],
  contexts: [{ name: "nowhere", context: { cluster: "nowhere", user: "nobody" } }],
  "current-context": "nowhere",
});

const alibabaEnvironment = {
  ALICLOUD_ACCESS_KEY: "LTAI-of-nobody",
  ALICLOUD_SECRET_KEY: "secret-of-nobody",
  // The provider asks bss:QueryAvailableInstances for it when it is configured.
  ALIBABA_CLOUD_ACCOUNT_TYPE: "Domestic",
} as const;

const tencentEnvironment = {
  TENCENTCLOUD_SECRET_ID: "AKID-of-nobody",
  TENCENTCLOUD_SECRET_KEY: "secret-of-nobody",
} as const;

const callerIdentity = "sts.tencentcloudapi.com GetCallerIdentity";
const { clusterId: ackCluster } = ackPlatformOutputs.cluster;
const { clusterId: tkeCluster, account } = tkePlatformOutputs.cluster;
const containerService = `cs.${ackPlatformOutputs.cluster.region}.aliyuncs.com`;

const alibabaAnswer: CloudAnswer = ({ path }, own) => {
  switch (path) {
    case `/clusters/${ackCluster}`:
      return { cluster_id: ackCluster, name: ackPlatformOutputs.cluster.name, state: "running" };
    case `/k8s/${ackCluster}/user_config`:
      return { config: credential(own), expiration: "2099-12-31T00:00:00Z" };
    default:
      return undefined;
  }
};

/** The credential of a kubeconfig as ACK gives it: the provider takes the three certificates out of it. */
const credential = ({ certificate, key }: Certificate): string => {
  const [authority, client, privateKey] = [certificate, certificate, key].map((pem) =>
    Buffer.from(pem).toString("base64"),
  );
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "ack", cluster: { server: nowhere, "certificate-authority-data": authority } }],
    users: [{ name: "runner", user: { "client-certificate-data": client, "client-key-data": privateKey } }],
    contexts: [{ name: "ack", context: { cluster: "ack", user: "runner" } }],
    "current-context": "ack",
  });
};

/** The account that the stack allows: credentials of another one are refused by the provider itself. */
const tencentAnswers: Readonly<Record<string, object>> = {
  GetCallerIdentity: {
    AccountId: account.uin,
    Arn: `qcs::cam::uin/${account.uin}:root`,
    UserId: account.uin,
  },
  DescribeClusters: {
    TotalCount: 1,
    Clusters: [
      {
        ClusterId: tkeCluster,
        ClusterName: "openclaw-gz",
        ClusterOs: "tlinux",
        ClusterType: "MANAGED_CLUSTER",
      },
    ],
  },
  DescribeClusterInstances: { TotalCount: 0, InstanceSet: [] },
  DescribeClusterSecurity: { SecurityPolicy: [] },
  DescribeClusterKubeconfig: { Kubeconfig: kubeconfig },
  DescribeClusterEndpointStatus: { Status: "Created" },
};

const tencentAnswer: CloudAnswer = ({ action }) => {
  const answer = tencentAnswers[action];
  return answer && { Response: { ...answer, RequestId: "none" } };
};

/** The calls of each stack, read in the sources of both providers (HEAD of 2026-11 and 1.83.25) or recorded. */
export const cloudsOfPreviews: Readonly<Record<string, CloudOfPreview>> = {
  "ack-platform": { calls: [], answer: alibabaAnswer, environment: alibabaEnvironment },
  "ack-cell-01": {
    calls: [
      `${containerService} /clusters/${ackCluster}`,
      `${containerService} /k8s/${ackCluster}/user_config`,
    ],
    answer: alibabaAnswer,
    environment: alibabaEnvironment,
    platform: {
      stack: "ack-platform",
      outputs: { ...ackPlatformOutputs, cluster: { ...ackPlatformOutputs.cluster, server: nowhere } },
    },
  },
  "tke-platform": { calls: [callerIdentity], answer: tencentAnswer, environment: tencentEnvironment },
  "tke-cell-01": {
    calls: [
      callerIdentity,
      ...Object.keys(tencentAnswers)
        .filter((action) => action !== "GetCallerIdentity")
        .map((action) => `tke.tencentcloudapi.com ${action}`),
    ],
    answer: tencentAnswer,
    environment: tencentEnvironment,
    platform: { stack: "tke-platform", outputs: tkePlatformOutputs },
  },
};

/** The hosts that may be asked. */
export const hostsOf = ({ calls }: CloudOfPreview): string[] => [
  ...new Set(calls.map((call) => call.split(" ")[0] ?? "")),
];
