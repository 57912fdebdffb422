// Waits until a pod of the tenant is Ready with the credentials of this epoch. Ends with 10 if none is in time, so that the
// containers after it, which end the former epochs' credentials, never start. Standard library alone; runs in OpenClaw's
// image.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const { env } = process;
const everySeconds = 2;
const deadline = Date.now() + Number(env.WAIT_SECONDS) * 1000;
const what = `a pod of epoch ${env.KEY_EPOCH} in ${env.NAMESPACE}`;

function apiServer() {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port } = env;
  return env.API_SERVER ?? `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

async function ask(path) {
  const url = `${apiServer()}${path}`;
  const request = {
    // Read each time: the kubelet renews it.
    headers: { authorization: `Bearer ${readFileSync(env.TOKEN_FILE, "utf8").trim()}` },
    signal: AbortSignal.timeout(10_000),
  };
  const response = await fetch(url, request).catch((error) => {
    const cause = error.cause?.message ?? error.message;
    throw new Error(
      `${url} does not answer: ${cause} (the NetworkPolicy retire lets this pod into private networks alone)`,
    );
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
  }
  return JSON.parse(text);
}

const conditionOf = ({ status }, type) => status?.conditions?.find((each) => each.type === type);

const isOfEpoch = ({ metadata }) =>
  metadata.deletionTimestamp === undefined && metadata.annotations?.[env.EPOCH_ANNOTATION] === env.KEY_EPOCH;

/** What keeps a pod from being ready, in the words of the scheduler and the kubelet. */
function troubleOf({ metadata, status }) {
  const scheduled = conditionOf({ status }, "PodScheduled");
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const reasons = [
    ...(scheduled?.status === "False" ? [`${scheduled.reason}: ${scheduled.message}`] : []),
    ...containers.flatMap(({ name, state, lastState }) => {
      const { waiting, terminated = lastState?.terminated } = state ?? {};
      return [
        ...(waiting
          ? [`container ${name}: ${waiting.reason}${waiting.message ? `: ${waiting.message}` : ""}`]
          : []),
        ...(terminated
          ? [`container ${name} exited with code ${terminated.exitCode}: ${terminated.reason}`]
          : []),
      ];
    }),
  ];
  return `pod ${metadata.name} is not ready${reasons.length === 0 ? "" : `: ${reasons.join("; ")}`}`;
}

/** What keeps pods from being made: quota, admission. */
async function troubleOfDeployment() {
  const deployment = await ask(`/apis/apps/v1/namespaces/${env.NAMESPACE}/deployments/${env.DEPLOYMENT}`);
  const failure = conditionOf(deployment, "ReplicaFailure");
  return failure?.status === "True" ? `${failure.reason}: ${failure.message}` : "there is none";
}

async function pods() {
  const selector = encodeURIComponent(env.SELECTOR);
  const { items } = await ask(`/api/v1/namespaces/${env.NAMESPACE}/pods?labelSelector=${selector}`);
  return items.filter(isOfEpoch);
}

/** Why there is no such pod now; undefined if there is. */
async function trouble() {
  try {
    const found = await pods();
    if (found.some((pod) => conditionOf(pod, "Ready")?.status === "True")) {
      return undefined;
    }
    const [first] = found;
    return first === undefined ? await troubleOfDeployment() : troubleOf(first);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

let reason = await trouble();
while (reason !== undefined && Date.now() < deadline) {
  await sleep(everySeconds * 1000);
  reason = await trouble();
}
if (reason === undefined) {
  console.log(`retire: ${what} is ready`);
} else {
  console.error(
    `retire: no credential was ended, because ${what} is not ready after ${env.WAIT_SECONDS} s: ${reason}`,
  );
  process.exitCode = 10;
}
