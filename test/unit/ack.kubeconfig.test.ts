import { Provider } from "@pulumi/alicloud/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { kubeconfig, kubeconfigText } from "../../components/cluster/ack/kubeconfig.ts";

const certificates = { clusterCert: "Y2E=", clientCert: "Y2VydA==", clientKey: "a2V5" };
const connection = {
  kind: "ack",
  name: "hz-1",
  region: "cn-hangzhou",
  clusterId: "c1",
  server: "https://10.0.0.1:6443",
} as const;

/** The kubeconfig of a run, and what the cloud was asked for it. */
async function kubeconfigOfRun() {
  const asked: unknown[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: ({ token, inputs, provider }) => {
      asked.push({ token, inputs, provider });
      return { certificateAuthority: certificates };
    },
  });
  const made = kubeconfig(connection, new Provider("alicloud", { region: "cn-hangzhou" }));
  const text = await new Promise<string>((resolve) => made.apply(resolve));
  return { made, text, asked };
}

test("the kubeconfig goes to the private endpoint with the certificates that the cloud gave", () => {
  expect(JSON.parse(kubeconfigText("https://10.0.0.1:6443", certificates))).toMatchObject({
    "current-context": "ack",
    contexts: [{ name: "ack", context: { cluster: "ack", user: "runner" } }],
    clusters: [
      { name: "ack", cluster: { server: "https://10.0.0.1:6443", "certificate-authority-data": "Y2E=" } },
    ],
    users: [{ name: "runner", user: { "client-certificate-data": "Y2VydA==", "client-key-data": "a2V5" } }],
  });
});

test("the credential of a run is a secret", async () => {
  expect(await pulumi.isSecret((await kubeconfigOfRun()).made)).toBe(true);
});

test("the credential of a run ends by itself, and the cloud's own provider is asked for it", async () => {
  const { asked } = await kubeconfigOfRun();
  expect(asked).toMatchObject([
    {
      token: "alicloud:cs/getClusterCredential:getClusterCredential",
      inputs: { clusterId: "c1", temporaryDurationMinutes: 120 },
      provider: expect.stringContaining("providers:alicloud::alicloud"),
    },
  ]);
});
