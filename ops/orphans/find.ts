import { z } from "zod";
import { Interrupted, UserError } from "../../lib/terminal/errors.ts";
import { ApiError, type TencentApi } from "../tencentcloud/api.ts";
import { type BucketUrl, bucketSearch } from "./bucketSearch.ts";
import { compared } from "./compare.ts";
import type { Findings, Found, Gap } from "./model.ts";
import { nodePoolSearch, platformSearches, type Search, tenantSearches } from "./nameSearch.ts";
import type { Place } from "./place.ts";
import { idsOf, type StateResource } from "./state.ts";
import { foundByTags } from "./tagSearch.ts";
import { cloudType } from "./types.ts";

export interface Surroundings {
  readonly api: TencentApi;
  readonly bucketUrl: BucketUrl;
  readonly place: Place;
  /** Name of the Pulumi project. */
  readonly project: string;
  readonly state: readonly StateResource[];
}

/**
 * Everything of a stack's that the cloud has and the state does not. A question that is refused leaves a gap, and the
 * others are asked all the same.
 *
 * @throws UserError if the credentials are of another account or of none
 */
export async function findOrphans(surroundings: Surroundings): Promise<Findings> {
  const { api, place, project, state, bucketUrl } = surroundings;
  await checkAccount(api, place);
  const gaps: Gap[] = [];
  const found: Found[] = [];
  const ask = async ({ what, find }: Search) => {
    try {
      found.push(...(await find()));
    } catch (error) {
      gaps.push({ what, why: reasonOf(error) });
    }
  };
  await ask({
    what: `everything with the tags of ${place.stack}`,
    find: () => foundByTags(api, { project, stack: place.stack }),
  });
  const ofPlatform = place.isOwner
    ? [...platformSearches(api, place), ...bucketSearch(place, bucketUrl)]
    : [];
  for (const search of [...ofPlatform, ...tenantSearches(api, place)]) {
    await ask(search);
  }
  for (const clusterId of clusterIds(found, state)) {
    await ask(nodePoolSearch(api, place, clusterId));
  }
  return { ...compared(found, state, place.stack), gaps };
}

/** Another account has none of the stack's resources, and would be said to have no orphans. */
async function checkAccount(api: TencentApi, { uin, region }: Place): Promise<void> {
  const { AccountId } = await api({
    service: "sts",
    version: "2018-08-13",
    action: "GetCallerIdentity",
    region,
    parameters: {},
    answer: z.object({ AccountId: z.union([z.string(), z.number()]) }),
  });
  if (`${AccountId}` !== uin) {
    throw new UserError(
      `The credentials are of the account ${AccountId}, and the stack is in ${uin} (openclaw:cluster.account.uin).`,
    );
  }
}

/** Those of the state and those that it has forgotten. */
function clusterIds(found: readonly Found[], state: readonly StateResource[]): string[] {
  const { token } = cloudType("kubernetes_cluster");
  const forgotten = found.flatMap((each) => (each.token === token ? [each.id] : []));
  return [...new Set([...idsOf(state, token), ...forgotten])];
}

/** @throws the error again if it is none of an answer's */
function reasonOf(error: unknown): string {
  if (error instanceof ApiError && error.isDenied) {
    return `${error.message}; docs/cam has the action`;
  }
  if (error instanceof UserError && !(error instanceof Interrupted)) {
    return error.message;
  }
  throw error;
}
