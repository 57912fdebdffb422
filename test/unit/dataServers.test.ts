import { describe, expect, test } from "vitest";
import { redisPort } from "../../components/services/cache.ts";
import {
  cacheAdministrator,
  cacheScripts,
  cacheWorkload,
} from "../../components/services/inCluster/cache.ts";
import { objectStoreWorkload } from "../../components/services/inCluster/objectStore.ts";
import { inClusterSettingsSchema } from "../../components/services/inCluster/settings.ts";
import {
  type ServiceWorkload,
  serviceSpec,
  statefulSetSpec,
} from "../../components/services/inCluster/workload.ts";
import { servicesNetworkPolicySpec } from "../../components/services/namespace.ts";
import { objectStoreAdminPort, objectStorePort } from "../../components/services/objectStore.ts";

const settings = inClusterSettingsSchema.parse({ kind: "inCluster", cache: { memoryMiB: 1024 } });
const cache = cacheWorkload(settings, "cache:1", "cache-tls");
const objectStore = objectStoreWorkload(settings, "object-store:1", "object-store-tls");

const containerOf = (workload: ServiceWorkload) => {
  const [container] = statefulSetSpec(workload).spec?.template.spec?.containers ?? [];
  return container ?? expect.unreachable("no container");
};

describe("the cache", () => {
  test("is told the administrator's password by its hash, and knows nobody else who may do anything", () => {
    const { password, "accounts.acl": accounts = "" } = cacheAdministrator("a password");
    expect(password).toBe("a password");
    expect(accounts).not.toContain("a password");
    expect(accounts.trim().split("\n")).toEqual([
      "user default reset off",
      expect.stringMatching(/^user openclaw-admin reset on #[0-9a-f]{64} ~\* &\* \+@all$/),
      "user probe reset on nopass +ping",
    ]);
  });

  test("listens with TLS alone", () => {
    const lines = cacheScripts()["valkey.conf"]?.split("\n");
    expect(lines).toContain("port 0");
    expect(lines).toContain("tls-auth-clients no");
    expect(cacheScripts()["start.sh"]).toContain('--tls-port "$PORT"');
  });

  test("has memory for a copy of what it holds, and a volume for the log of it", () => {
    const { resources, env } = containerOf(cache);
    expect(env).toContainEqual({ name: "MEMORY_MIB", value: "1024" });
    expect(resources?.limits?.memory).toBe("2560Mi");
    expect(cache.storage.sizeGiB).toBe(4);
  });

  test("is not started anew while it reads its log, and gets nobody's requests then", () => {
    const { readinessProbe, livenessProbe } = containerOf(cache);
    expect(readinessProbe?.exec?.command?.at(-1)).toMatch(/grep -qE 'PONG'$/);
    expect(livenessProbe?.exec?.command?.at(-1)).toMatch(/grep -qE 'PONG\|LOADING'$/);
  });
});

describe("the object store", () => {
  test("has its API for administrators on a port of its own, which tenants do not get to", () => {
    expect(serviceSpec(objectStore).spec?.ports?.map(({ port }) => port)).toEqual([
      objectStorePort,
      objectStoreAdminPort,
    ]);
    const rules = servicesNetworkPolicySpec([]).spec?.ingress ?? [];
    const fromTenants = rules.filter(({ ports }) => ports !== undefined).flatMap(({ ports }) => ports ?? []);
    const open = fromTenants.map(({ port }) => port);
    expect(open).toContain(objectStorePort);
    expect(open).toContain(redisPort);
    expect(open).not.toContain(objectStoreAdminPort);
  });

  test("is asked for its health by TLS", () => {
    expect(containerOf(objectStore).readinessProbe?.httpGet).toMatchObject({ scheme: "HTTPS" });
  });
});
