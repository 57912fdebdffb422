/** The numbers of resources that an update has created, updated and deleted; a replacement is one of each at the ends. */
export interface Changes {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
}

export const nothingChanged: Changes = { created: 0, updated: 0, deleted: 0 };

const operations: Readonly<Record<keyof Changes, readonly string[]>> = {
  created: ["create", "create-replacement", "import"],
  updated: ["update"],
  deleted: ["delete", "delete-replaced"],
};

interface EngineEvent {
  readonly summaryEvent?: {
    readonly isPreview: boolean;
    readonly resourceChanges?: Readonly<Record<string, number>> | null;
  };
}

/**
 * The changes of an update, from the engine's event log (`--event-log`): a JSON object a line, the summary near the end. An
 * update that ended before its summary, as one that was killed does, has done nothing that is known.
 */
export function changesOf(eventLog: string): Changes {
  const summary = eventLog
    .split("\n")
    .filter((line) => line.includes('"summaryEvent"'))
    .map((line): EngineEvent => JSON.parse(line))
    .findLast(({ summaryEvent }) => summaryEvent?.isPreview === false)?.summaryEvent;
  const count = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + (summary?.resourceChanges?.[name] ?? 0), 0);
  return {
    created: count(operations.created),
    updated: count(operations.updated),
    deleted: count(operations.deleted),
  };
}
