import { UserError } from "../../lib/terminal/errors.ts";
import type { Search } from "./nameSearch.ts";
import type { Place } from "./place.ts";
import { cloudType } from "./types.ts";

/** Milliseconds. */
const patience = 30_000;

/** The URL of a bucket. */
export type BucketUrl = (bucket: string, region: string) => URL;

/**
 * Whether the stack's bucket is there, asked as a stranger: a private bucket says 403, one that is not there 404, and
 * nothing is signed. The provider tags it in a second step. Source: https://www.tencentcloud.com/document/product/436/7735
 */
export function bucketSearch({ bucket, region }: Place, url: BucketUrl): Search[] {
  if (bucket === undefined) {
    return [];
  }
  return [
    {
      what: `the bucket ${bucket}`,
      find: async () => {
        const status = await statusOf(url(bucket, region));
        if (status === 404) {
          return [];
        }
        if (status !== 200 && status !== 403) {
          throw new UserError(`HEAD ${url(bucket, region).host}: HTTP ${status}`);
        }
        const { kind, token } = cloudType("cos_bucket");
        return [{ kind, token, id: bucket, name: bucket, resource: "services-bucket", region }];
      },
    },
  ];
}

async function statusOf(url: URL): Promise<number> {
  try {
    const answer = await fetch(url, {
      method: "HEAD",
      redirect: "error",
      signal: AbortSignal.timeout(patience),
    });
    return answer.status;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new UserError(`HEAD ${url.host}: no answer (${cause instanceof Error ? cause.message : cause})`);
  }
}
