/** The outcome of one of several that were started one after the other. */
export type Outcome<Item, Result> =
  | { readonly item: Item; readonly result: Result }
  | { readonly item: Item; readonly result?: never };

export interface Rollout<Item, Result> {
  /** Does one; a rejection ends the rollout. */
  readonly begin: (item: Item) => Promise<Result>;
  readonly isGood: (result: Result) => boolean;
  /** Most at a time, of those that are no canaries. */
  readonly parallel: number;
  /** Asked before each begins. */
  readonly isStopped?: () => boolean;
}

/**
 * The canaries first, one by one, then the others side by side. After the first that is not good no further one
 * begins; those that have begun come to their end.
 *
 * @returns in the order of the items, without a result for those that never began
 */
export async function rollOut<Item extends { readonly canary: boolean }, Result>(
  items: readonly Item[],
  rollout: Rollout<Item, Result>,
): Promise<Outcome<Item, Result>[]> {
  const results = new Map<Item, Result>();
  const canaries = items.filter(({ canary }) => canary);
  const others = items.filter(({ canary }) => !canary);
  await inTurn(canaries, { ...rollout, parallel: 1 }, results);
  await inTurn(others, rollout, results);
  return items.map((item) => {
    const result = results.get(item);
    return result === undefined ? { item } : { item, result };
  });
}

async function inTurn<Item, Result>(
  items: readonly Item[],
  { begin, isGood, parallel, isStopped = () => false }: Rollout<Item, Result>,
  results: Map<Item, Result>,
): Promise<void> {
  const waiting = [...items];
  let failed = false;
  const mayBegin = () => !failed && !isStopped() && [...results.values()].every(isGood);
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined && mayBegin(); item = waiting.shift()) {
      try {
        results.set(item, await begin(item));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: parallel }, worker));
  for (const end of ends) {
    if (end.status === "rejected") {
      throw end.reason;
    }
  }
}
