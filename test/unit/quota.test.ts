import { expect, test } from "vitest";
import { limitRangeSpec } from "../../components/tenant/limitRange.ts";
import { quotaSpec } from "../../components/tenant/quota.ts";
import { volumeClaimSpec } from "../../components/tenant/volumeClaim.ts";
import { deploymentSpec } from "../../components/tenant/workload.ts";
import { type PlanName, planNames } from "../../tenants/plans.ts";
import { platformFacts } from "../fixtures/platform.ts";
import { tenant } from "../fixtures/tenant.ts";

const hard = (plan: PlanName) => quotaSpec(tenant({ plan })).spec?.hard ?? expect.unreachable();
const container = (plan: PlanName) =>
  deploymentSpec(tenant({ plan }), { image: "x:1", timeZone: "Asia/Shanghai" }, platformFacts.edge, "").spec
    ?.template?.spec?.containers?.[0]?.resources;

/** Cores, or MiB. */
function amount(quantity: string | undefined): number {
  const [, number = "", unit = ""] = /^(\d+)(m|Mi|Gi)?$/.exec(quantity ?? "") ?? expect.unreachable(quantity);
  return Number(number) * ({ m: 0.001, Gi: 1024 }[unit] ?? 1);
}

test.each(planNames)(
  "a %s quota has room for the instance and one Job, and not for a second instance",
  (plan) => {
    for (const kind of ["requests", "limits"] as const) {
      for (const resource of ["cpu", "memory"] as const) {
        const quota = amount(hard(plan)[`${kind}.${resource}`]);
        const instance = amount(container(plan)?.[kind]?.[resource]);
        expect(quota).toBeGreaterThan(instance);
        expect(quota).toBeLessThan(2 * instance);
      }
    }
  },
);

test("a basic quota in figures: 1 CPU and 1 GiB with their limits twice that, and the Job's share", () => {
  expect(hard("basic")).toMatchObject({
    "requests.cpu": "1250m",
    "requests.memory": "1280Mi",
    "limits.cpu": "2500m",
    "limits.memory": "2560Mi",
    persistentvolumeclaims: "5",
    "services.nodeports": "0",
    "services.loadbalancers": "0",
  });
});

test.each(planNames)("the quota and limits of %s admit its own volume and container", (plan) => {
  const claim = amount(volumeClaimSpec(tenant({ plan }), undefined).spec?.resources?.requests?.storage);
  const [containerLimit, claimLimit] = limitRangeSpec(tenant({ plan })).spec?.limits ?? [];
  expect(claim).toBeLessThanOrEqual(amount(hard(plan)["requests.storage"]));
  expect(claim).toBeLessThanOrEqual(amount(claimLimit?.max?.storage));
  expect(amount(container(plan)?.limits?.memory)).toBeLessThanOrEqual(amount(containerLimit?.max?.memory));
  expect(amount(container(plan)?.limits?.cpu)).toBeLessThanOrEqual(amount(containerLimit?.max?.cpu));
});

test("a container that says nothing gets a Job's share", () => {
  expect(limitRangeSpec(tenant()).spec?.limits?.[0]).toMatchObject({
    type: "Container",
    defaultRequest: { cpu: "250m", memory: "256Mi" },
    default: { cpu: "500m", memory: "512Mi" },
  });
});
