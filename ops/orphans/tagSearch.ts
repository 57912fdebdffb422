import { z } from "zod";
import { managedBy, tagKeys } from "../../components/labels.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { TencentApi } from "../tencentcloud/api.ts";
import type { Found } from "./model.ts";
import { foundBySixParts } from "./sixParts.ts";

/** The most that the API gives at a time. */
const pageSize = 200;

const answer = z.object({
  PaginationToken: z.string().nullish(),
  ResourceTagMappingList: z
    .array(
      z.object({
        Resource: z.string(),
        Tags: z.array(z.object({ TagKey: z.string(), TagValue: z.string() })).nullish(),
      }),
    )
    .nullish(),
});

/**
 * Everything in the account, in whatever region, that carries the stack's tags.
 *
 * @throws UserError as the API does, or if its pages have no end
 */
export async function foundByTags(
  api: TencentApi,
  { project, stack }: { readonly project: string; readonly stack: string },
): Promise<Found[]> {
  const wanted = { [tagKeys.project]: project, [tagKeys.stack]: stack, [tagKeys.managedBy]: managedBy };
  const filters = Object.entries(wanted).map(([TagKey, value]) => ({ TagKey, TagValue: [value] }));
  const found: Found[] = [];
  const seen = new Set<string>();
  for (let token = ""; ; ) {
    const page = await api({
      service: "tag",
      version: "2018-08-13",
      action: "GetResources",
      parameters: { TagFilters: filters, MaxResults: pageSize, PaginationToken: token },
      answer,
    });
    for (const { Resource, Tags } of page.ResourceTagMappingList ?? []) {
      const resource = Tags?.find(({ TagKey }) => TagKey === tagKeys.resource)?.TagValue;
      found.push({ ...foundBySixParts(Resource), resource });
    }
    token = page.PaginationToken ?? "";
    if (token === "") {
      return found;
    }
    if (seen.has(token)) {
      throw new UserError("tag:GetResources gives the same page again and again; nothing can be said.");
    }
    seen.add(token);
  }
}
