import type { Api } from "./api.ts";

/** The node's resources that a pod uses. */
export interface PodUsage {
  /** Working set: memory that cannot be had back without hurting the pod, page cache in use included. */
  readonly memoryMiB: number;
  /** Seconds of processor since it began. */
  readonly processorSeconds: number;
}

/** The fields that are read of https://kubernetes.io/docs/reference/instrumentation/node-metrics/#summary-api-source */
interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly uid: string };
    readonly memory?: { readonly workingSetBytes?: number };
    readonly cpu?: { readonly usageCoreNanoSeconds?: number };
  }[];
}

/** Usage of every pod of the node, by uid. */
export async function podUsages(api: Api, node: string): Promise<Map<string, PodUsage>> {
  const path = `/api/v1/nodes/${node}/proxy/stats/summary?only_cpu_and_memory=true`;
  return usagesOf((await api.get(path)) as Summary);
}

/** A pod that the kubelet has not looked at yet is left out. */
export function usagesOf({ pods }: Summary): Map<string, PodUsage> {
  return new Map(
    pods.flatMap(({ podRef, memory, cpu }) =>
      memory?.workingSetBytes === undefined || cpu?.usageCoreNanoSeconds === undefined
        ? []
        : [
            [
              podRef.uid,
              {
                memoryMiB: memory.workingSetBytes / 2 ** 20,
                processorSeconds: cpu.usageCoreNanoSeconds / 1e9,
              },
            ] as const,
          ],
    ),
  );
}
