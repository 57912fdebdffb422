import {
  PolicyPack,
  type PolicyResource as PulumiResource,
  type ResourceValidationArgs,
} from "@pulumi/policy";
import { printable } from "../lib/text.ts";
import { plainFields } from "./plain.ts";
import type { PolicyResource, StackResource } from "./rule.ts";
import { resourceRules, stackRules } from "./rules/index.ts";

/**
 * The policy pack: `pulumi preview --policy-pack policy`. Each rule is a policy of its own, so that one can be named,
 * and all are mandatory. The only place that reads the clock.
 */
const today = new Date().toISOString().slice(0, 10);

new PolicyPack("openclaw", {
  enforcementLevel: "mandatory",
  policies: [
    ...resourceRules(today).map(({ name, description, check }) => ({
      name,
      description,
      validateResource: (args: ResourceValidationArgs, report: (message: string) => void) => {
        for (const message of check(policyResource(args))) {
          report(printable(message));
        }
      },
    })),
    ...stackRules.map(({ name, description, checkStack }) => ({
      name,
      description,
      validateStack: (
        { resources }: { resources: PulumiResource[] },
        report: (message: string, urn: string) => void,
      ) => {
        for (const { resource, message } of checkStack(resources.map(stackResource))) {
          report(printable(message), resource.urn);
        }
      },
    })),
  ],
});

function policyResource({
  type,
  name,
  props,
  opts,
}: ResourceValidationArgs | PulumiResource): PolicyResource {
  return { type, name, props: plainFields(props), protect: opts.protect };
}

function stackResource(resource: PulumiResource): StackResource {
  const dependsOn = resource.dependencies.map(({ name }) => name);
  return { ...policyResource(resource), urn: resource.urn, dependsOn };
}
