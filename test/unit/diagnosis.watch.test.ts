import { expect, test } from "vitest";
import { UserError } from "../../lib/terminal/errors.ts";
import { Attention, type Trouble, watchWhile } from "../../ops/diagnosis/watch.ts";
import { whyTable } from "../../ops/diagnosis/why.ts";
import type { Kubectl } from "../../ops/stack/kubectl.ts";
import { refused } from "../fixtures/diagnosed.ts";

const trouble = (tenant: string, cause: Trouble["cause"] = "quota"): Trouble => ({
  tenant,
  cause,
  text: "why",
});

test("a trouble is told when it is there at two looks in a row, and once", () => {
  const attention = new Attention();
  const told = [
    [],
    [trouble("a")],
    [trouble("b")],
    [trouble("b"), trouble("b"), trouble("c", "not ready yet")],
    [trouble("b"), trouble("c", "not ready yet")],
  ].map((troubles) => attention.next(troubles).map(({ tenant }) => tenant));
  expect(told).toEqual([[], [], [], ["b"], []]);
});

test("what was there before the update is told only when it comes back", () => {
  const attention = new Attention();
  const told = [[trouble("a")], [trouble("a")], [], [trouble("a")], [trouble("a")]].map(
    (troubles) => attention.next(troubles).length,
  );
  expect(told).toEqual([0, 0, 0, 0, 1]);
});

/** A cluster in which a Deployment is refused pods from its second answer on. */
function kubectlOf(answers: readonly (object | Error)[]): Kubectl {
  let asked = 0;
  const succeed = async () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (answer instanceof Error) {
      throw answer;
    }
    return JSON.stringify(answer);
  };
  return { succeed, run: () => Promise.reject(new Error("not asked")) };
}

const quota = {
  items: [refused('pods "openclaw-1-" is forbidden: exceeded quota: openclaw, requested: pods=1')],
};

/** An update that ends with a code once something was said, or by itself. */
function updateUntilSaid(code: number) {
  const lines: string[] = [];
  const { promise, resolve } = Promise.withResolvers<number>();
  const say = (line: string) => {
    lines.push(line);
    resolve(code);
  };
  return { lines, say, update: () => promise };
}

test("an update's watcher tells while it runs, and has the reasons when it has failed", async () => {
  const { lines, say, update } = updateUntilSaid(255);
  const kubectl = kubectlOf([{ items: [] }, quota]);
  const { code, troubles } = await watchWhile(kubectl, update, { ids: ["acme"], say, interval: 1 });
  expect(lines).toEqual(["acme: quota: exceeded quota: openclaw, requested: pods=1"]);
  expect(code).toBe(255);
  expect(whyTable(troubles).split("\n")).toEqual([
    "TENANT  CAUSE  WHY",
    "acme    quota  exceeded quota: openclaw, requested: pods=1",
  ]);
});

test("an update that ends well leaves nothing to say, and one without a cluster neither", async () => {
  const options = { ids: ["acme"], say: () => {}, interval: 1 };
  expect(await watchWhile(kubectlOf([quota]), async () => 0, options)).toEqual({ code: 0, troubles: [] });
  const gone = kubectlOf([new UserError("The cluster does not answer")]);
  expect(await watchWhile(gone, async () => 1, options)).toEqual({ code: 1, troubles: [] });
});

test("a watcher that fails in any way does not end the update", async () => {
  const broken = kubectlOf([new TypeError("spawn EAGAIN")]);
  const update = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return 1;
  };
  const options = { ids: ["acme"], say: () => {}, interval: 1 };
  expect(await watchWhile(broken, update, options)).toEqual({ code: 1, troubles: [] });
});

test("an update that cannot be started takes its watcher with it", async () => {
  const options = { ids: ["acme"], say: () => {}, interval: 1 };
  const failing = () => Promise.reject(new UserError("no such program"));
  await expect(watchWhile(kubectlOf([quota]), failing, options)).rejects.toThrow("no such program");
});
