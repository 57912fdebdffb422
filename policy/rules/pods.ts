import { isPinned } from "../../components/pinnedImage.ts";
import { podSpecOf, tenantOf } from "../kubernetes.ts";
import type { ResourceRule } from "../rule.ts";
import { at, isNot, items, shown, type Value } from "../values.ts";

const containerLists = ["initContainers", "containers", "ephemeralContainers"] as const;

interface Container {
  /** `containers[0] (openclaw)` */
  readonly path: string;
  readonly value: Value;
}

function containersOf(podSpec: Value): readonly Container[] {
  return containerLists.flatMap((list) =>
    items(at(podSpec, list)).map((value, index) => {
      const name = at(value, "name");
      return { path: `${list}[${index}]${typeof name === "string" ? ` (${name})` : ""}`, value };
    }),
  );
}

export const pinnedImage: ResourceRule = {
  name: "pinned-image",
  description: "Every container's image is pinned: what was tested is what runs.",
  check: (resource) =>
    containersOf(podSpecOf(resource)).flatMap(({ path, value }) => {
      const image = at(value, "image");
      return typeof image === "string" && !isPinned(image)
        ? [`${path}: the image ${image} can change: write a version other than latest, or a digest`]
        : [];
    }),
};

const hostNamespaces = ["hostNetwork", "hostPID", "hostIPC"] as const;

export const tenantPod: ResourceRule = {
  name: "tenant-pod",
  description: "A tenant's pods have no way to the node they run on.",
  check: (resource) => {
    if (tenantOf(resource) === undefined) {
      return [];
    }
    const spec = podSpecOf(resource);
    return [
      ...hostNamespaces
        .filter((property) => isNot(at(spec, property), undefined, false))
        .map((property) => `${property} shares a namespace of the node: leave it out`),
      ...items(at(spec, "volumes"))
        .filter((volume) => isNot(at(volume, "hostPath"), undefined))
        .map(
          (volume) => `the volume ${shown(at(volume, "name"))} is a folder of the node: use a volume claim`,
        ),
      ...containersOf(spec).flatMap(({ path, value }) =>
        containerProblems(value).map((problem) => `${path}: ${problem}`),
      ),
    ];
  },
};

function containerProblems(container: Value): readonly string[] {
  const context = (...path: readonly string[]) => at(container, "securityContext", ...path);
  return [
    ...(isNot(context("privileged"), undefined, false)
      ? ["privileged is root on the node: leave it out"]
      : []),
    ...(isNot(context("allowPrivilegeEscalation"), false)
      ? ["securityContext.allowPrivilegeEscalation is not false: write false"]
      : []),
    ...(items(context("capabilities", "add")).length > 0
      ? ["securityContext.capabilities.add gives rights over the node: leave it out"]
      : []),
    ...(items(at(container, "ports")).some((port) => isNot(at(port, "hostPort"), undefined, 0))
      ? ["hostPort listens on the node: leave it out, a Service reaches the pod"]
      : []),
  ];
}
