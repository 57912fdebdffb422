import { describe, expect, test } from "vitest";
import {
  differ,
  differences,
  previewOf,
  quota,
  quotaType,
  stepEvent,
  unknownValue,
} from "../fixtures/review.ts";

describe("what nobody but the API server or a provider sets", () => {
  const live = {
    creationTimestamp: "2026-11-25T10:00:00Z",
    generation: 2,
    managedFields: [{ manager: "openclaw-dev", operation: "Apply" }],
    resourceVersion: "4711",
    uid: "0a1b",
  };
  const official = {
    inputs: {
      ...quota({ pods: "99" }, live).inputs,
      status: { hard: { pods: "99" } },
      __fieldManager: "openclaw-dev",
      __initialApiVersion: "v1",
      __inputs: { spec: {} },
    },
  };
  const refreshed = (old: object, ...paths: readonly string[]) =>
    previewOf(stepEvent("update", { type: quotaType, old, new: quota({ pods: "3" }), ...differ(...paths) }));

  test("is left out of a drift", () => {
    const told = refreshed(
      official,
      "metadata.managedFields",
      "metadata.uid",
      "spec.hard.pods",
      "__inputs.spec",
    );
    expect(told).toEqual(refreshed(quota({ pods: "99" }), "spec.hard.pods"));
    expect(differences(told)).toEqual([{ path: "spec.hard.pods", from: '"99"', to: '"3"' }]);
  });

  test("is no drift by itself, in a template neither", () => {
    const alone = previewOf(
      stepEvent("update", {
        type: quotaType,
        old: quota({ pods: "3" }, live),
        new: quota({ pods: "3" }),
        ...differ("metadata.managedFields[0].time", "metadata.resourceVersion", "status.hard.pods"),
      }),
      stepEvent("update", {
        type: "kubernetes:apps/v1:Deployment",
        name: "other",
        old: { inputs: { spec: { template: { metadata: { creationTimestamp: null, labels: {} } } } } },
        new: { inputs: { spec: { template: { metadata: { labels: {} } } } } },
        ...differ("spec.template.metadata.creationTimestamp"),
      }),
    );
    expect(alone).toMatchObject({ counts: { update: 0, same: 2 }, changes: [] });
  });

  test("has a name that elsewhere is the program's", () => {
    const data = (uid: string) => ({
      inputs: { data: { uid, status: unknownValue }, spec: { generation: uid } },
    });
    const { changes } = previewOf(stepEvent("update", { old: data("1"), new: data("2") }));
    expect(changes[0]?.properties.map(({ path }) => path)).toEqual(["data.uid", "spec.generation"]);
  });

  test("is not looked for in a cloud's resource, which may have a status", () => {
    const state = (status: string) => ({ inputs: { status } });
    const { changes } = previewOf(
      stepEvent("update", {
        type: "alicloud:oss/bucket:Bucket",
        old: state("Enabled"),
        new: state("Suspended"),
        ...differ("status"),
      }),
    );
    expect(changes[0]?.properties).toEqual([{ path: "status", from: '"Enabled"', to: '"Suspended"' }]);
  });

  test("is an update all the same where a cloud's provider has to write it", () => {
    const state = { inputs: { bucket: "a" } };
    const own = differ("__meta");
    const step = stepEvent("update", { type: "alicloud:oss/bucket:Bucket", old: state, new: state, ...own });
    expect(previewOf(step).counts).toMatchObject({ update: 1 });
  });

  test("does not hide a change that the engine has not told of", () => {
    const { changes } = previewOf(
      stepEvent("update", {
        type: quotaType,
        old: quota({ pods: "3" }, { labels: { a: "1" } }),
        new: quota({ pods: "3" }, { labels: { a: "2" } }),
        ...differ("metadata.uid"),
      }),
    );
    expect(changes[0]?.properties).toEqual([{ path: "metadata.labels.a", from: '"1"', to: '"2"' }]);
  });
});
