import type { Fields } from "./values.ts";

/** A resource of a plan. */
export interface PolicyResource {
  /** Type token: `alicloud:oss/bucket:Bucket`, `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly name: string;
  /** Its inputs. */
  readonly props: Fields;
  /** Whether the engine refuses to delete it. */
  readonly protect: boolean;
}

/** A resource among all of its stack. */
export interface StackResource extends PolicyResource {
  readonly urn: string;
  /** Names of the resources it depends on. */
  readonly dependsOn: readonly string[];
}

interface RuleBase {
  /** Kebab-case; what a refused preview names and a configuration of the pack selects by. */
  readonly name: string;
  /** One sentence: how it must be. */
  readonly description: string;
}

/** Looks at one resource at a time, before it is created or changed. */
export interface ResourceRule extends RuleBase {
  /** Messages, each with what is wrong and what to write instead; none for a resource that the rule does not concern. */
  check(resource: PolicyResource): readonly string[];
}

/** Looks at a whole stack, at the end of a preview or an update: for what must exist beside something else. */
export interface StackRule extends RuleBase {
  checkStack(resources: readonly StackResource[]): readonly StackViolation[];
}

export interface StackViolation {
  readonly resource: StackResource;
  readonly message: string;
}
