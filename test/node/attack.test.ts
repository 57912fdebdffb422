import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { networkPolicyPrograms } from "../../embedded/binaries/catalogue.ts";
import { ensureBinaries } from "../../embedded/binaries/index.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { distinguishedPorts, judgeMatrix, type Party } from "../fixtures/networkPolicies.ts";
import { type Attempt, type Row, table, tryOut } from "./attack/attempt.ts";
import { identities, roles } from "./attack/attempts/cluster.ts";
import { host } from "./attack/attempts/host.ts";
import { kernel } from "./attack/attempts/kernel.ts";
import { limits } from "./attack/attempts/limits.ts";
import { names, network } from "./attack/attempts/network.ts";
import { makePlaces, type Places, removePlaces } from "./attack/places.ts";
import { openStack, type Stack } from "./stack.ts";

/**
 * Attempts from inside a tenant's pod, each run as a command that OpenClaw's coding tools would run, while a second
 * tenant runs beside it. Each is made from a place as well where its wall is not, and must work there.
 */
const home = inject("nodeHome");
const attacker = "mallory";
const victim = "victim";

describe.skipIf(home === undefined)("a hostile tenant", () => {
  let stack: Stack;
  let places: Places;
  const folder = join(home ?? "", "cluster");
  const rows: Row[] = [];

  beforeAll(async () => {
    await ensureBinaries([networkPolicyPrograms()], terminalProgress());
    stack = await openStack(home ?? "", "attack", {
      [attacker]: {
        plan: "basic",
        auth: "trusted-proxy",
        users: [
          { email: "admin@mallory.example", role: "admin" },
          // The edge says it in lower case.
          { email: "User@Mallory.example", role: "user" },
        ],
      },
      [victim]: { plan: "pro" },
    });
    await stack.up();
    places = await makePlaces(stack.tryKubectl, folder, { attacker, victim }, await stack.gatewayTokens());
  });

  afterAll(async () => {
    if (stack !== undefined) {
      await removePlaces(stack.tryKubectl, folder);
      await stack.rest();
    }
    console.log(`\n${table(rows)}\n`);
  });

  const tryEach = (attempts: readonly Attempt[]) =>
    test.each(attempts)("$name", async (attempt) => {
      const { worked, controlWorked, said } = await tryOut(attempt, places);
      const known = attempt.worksOn?.(places.facts.RUNTIME ?? "") ?? false;
      const outcome = known ? `works on ${places.facts.RUNTIME}` : worked ? "WORKED" : "refused";
      rows.push({ attempt: attempt.name, outcome, stoppedBy: attempt.stoppedBy, how: "enforced" });
      expect({ worked, controlWorked }, said).toEqual({ worked: known, controlWorked: true });
    });

  describe("does not reach", () => tryEach(network));
  describe("does not learn", () => tryEach(names));
  describe("is nobody else:", () => tryEach(identities));
  describe("is no administrator of its own gateway:", () => tryEach(roles));
  describe("does not get out to", () => tryEach(host));
  describe("is not given by the kernel", () => tryEach(kernel));

  test("no port at all leads to another tenant, nor past the policies to the platform", async () => {
    const party = (name: string, address = ""): Party => ({ name, address });
    const { VICTIM_POD, EDGE, SERVICES, STRANGER, NODE, API } = places.facts;
    const pods = await stack.podNames();
    const pod = (name: string, address = ""): Party => ({
      name,
      address,
      pod: pods.get(address) ?? "no pod",
    });
    const own = pod("own pod", (await stack.pods(attacker))[0]?.address);
    const stranger = pod("stranger", STRANGER);
    const targets = [
      pod("the neighbour's pod", VICTIM_POD),
      pod("the edge's pod", EDGE),
      pod("a shared service", SERVICES),
      party("the node", NODE),
      party("the API server", API),
      party("metadata", "169.254.169.254"),
      party("metadata of Alibaba", "100.100.100.200"),
    ];
    const ports = distinguishedPorts([22, 53, 80, 443, 4000, 5432, 10250, 18789]);
    const judged = await judgeMatrix([own, stranger], targets, ports, stack.env);
    for (const { name } of targets) {
      const through = (from: string) =>
        judged.filter((each) => each.from === from && each.to === name && each.egress && each.ingress);
      const outcome = through("own pod").length === 0 ? "refused" : "WORKED";
      rows.push({
        attempt: `${name} by any port of TCP or UDP`,
        outcome,
        stoppedBy: "NetworkPolicy",
        how: "evaluated",
      });
      expect(through("own pod")).toEqual([]);
    }
    const control = judged.filter(({ from, to }) => from === "stranger" && to === "the node");
    expect(control.filter(({ egress, ingress }) => !egress || !ingress)).toEqual([]);
  });

  /** Within five seconds. */
  const victimAnswers = async () => {
    const { code, stderr } = await places.run("victim", "$TOOL http GET http://127.0.0.1:18789/healthz live");
    return code === 0 ? "answers" : stderr;
  };

  test("does not take all of the CPU", async () => {
    const spinning = places.run("tenant", "$TOOL spin 32 12");
    const whileSpinning = [await victimAnswers(), await victimAnswers(), await victimAnswers()];
    const spun = await spinning;
    rows.push({
      attempt: "the neighbour's CPU, by 32 busy threads",
      outcome: whileSpinning.every((each) => each === "answers") ? "refused" : "WORKED",
      stoppedBy: "CPU requests and limits",
      how: "enforced",
    });
    expect(spun.code, spun.stderr).toBe(0);
    expect(whileSpinning).toEqual(["answers", "answers", "answers"]);
  });

  describe("does not take", () => tryEach(limits));

  test("leaves its neighbour as it was", async () => {
    expect(await victimAnswers()).toBe("answers");
    expect(await stack.pods(victim)).toMatchObject([{ restarts: 0 }]);
  });
});
