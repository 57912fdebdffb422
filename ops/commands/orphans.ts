import { tencentRegion } from "../../components/cluster/tke/names.ts";
import { ensureCli } from "../../embedded/index.ts";
import { jsonText } from "../../lib/system/json.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { type Progress, terminalProgress } from "../../lib/terminal/progress.ts";
import { printableLines } from "../../lib/text.ts";
import { noSettings, readStack, stackNames } from "../../settings/stacks.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { orReport } from "../commandLine/orReport.ts";
import { findOrphans } from "../orphans/find.ts";
import { type Place, placeOf } from "../orphans/place.ts";
import { findingsJson, findingsText, isClean } from "../orphans/report.ts";
import { type StateResource, stateResources } from "../orphans/state.ts";
import { runStackCommand } from "../stack/pendingOperations.ts";
import { checkIsSetUp } from "../stack/session.ts";
import { projectName } from "../stack/stack.ts";
import { type Target, targetOf } from "../stack/target.ts";
import { tencentApi } from "../tencentcloud/api.ts";
import { credentialsOf, credentialVariables } from "../tencentcloud/credentials.ts";
import { bucketUrlOf, endpointOf } from "../tencentcloud/endpoints.ts";

const help = {
  usage: "npm run orphans -- --stack STACK [--region REGION] [--json]",
  text: `What a stack on Tencent Cloud has in the account and not in its state: a create that failed half-way is forgotten by the
provider, and goes on costing money. Looks by the stack's tags, and by name where the provider tags late; changes
nothing. For each: the command that takes it into the state, and those that delete it instead.

  --stack NAME     the stack, such as tke-platform; its state is that of your own Pulumi login
  --region REGION  where to ask products for names, if not the region of the stack's settings
  --json           {"ok", "stack", "account", "region", "known", "orphans": [{"type", "kind", "id", "region", "name",
                   "resource", "created", "command" or "impossible", "delete": [step]}], "machines": [{"kind", "id",
                   "region", "resource"}], "gaps": [{"what", "why"}]}; ok if there are neither orphans nor gaps
  --help           print this

Credentials: ${Object.values(credentialVariables).join(", ")}.
Exit code 0 if there is nothing, 1 if there is something or not everything could be looked at, 2 for wrong usage.`,
};

const options = {
  stack: { type: "string" },
  region: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const { stack, region, json } = parsed.values;
  if (stack === undefined) {
    throw new UsageError(`--stack is required.\nusage: ${help.usage}; --help tells more`);
  }
  if (region !== undefined && !tencentRegion.safeParse(region).success) {
    throw new UsageError(`--region ${region}: must be a region, such as ap-guangzhou`);
  }
  if (readStack(stack) === undefined) {
    throw new UserError(noSettings(stack, stackNames()));
  }
  const target = targetOf({ stack, embedded: false });
  checkIsSetUp(target);
  const settings = orReport(() => placeOf(stack));
  const place: Place = region === undefined ? settings : { ...settings, region };
  const credentials = credentialsOf(process.env);
  const api = tencentApi({ credentials, endpoint: endpointOf(process.env) });
  const state = await exportedState(target, terminalProgress());
  const bucketUrl = bucketUrlOf(process.env);
  const findings = await findOrphans({ api, bucketUrl, place, project: projectName, state });
  console.log(json ? jsonText(findingsJson(findings, place)) : printableLines(findingsText(findings, place)));
  return isClean(findings) ? 0 : 1;
}

/** The state's resources, for which the CLI is enough. Secrets are not asked for: they stay encrypted. */
async function exportedState(target: Target, progress: Progress): Promise<StateResource[]> {
  const { stdout } = await runStackCommand(target, await ensureCli(progress), "export");
  return stateResources(stdout);
}
