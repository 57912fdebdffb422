import type * as pulumi from "@pulumi/pulumi";
import { CloudResource, type CloudResourceOptions, type Tagged } from "./resource.ts";

type Text = pulumi.Input<string>;

export interface CamRoleArgs extends Tagged {
  readonly name: string;
  readonly description: string;
  readonly document: Text;
  readonly consoleLogin: boolean;
}

export class CamRole extends CloudResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: CamRoleArgs, opts: CloudResourceOptions) {
    super("cam_role", name, args, opts);
  }
}

export interface CamPolicyArgs extends Tagged {
  readonly name: string;
  readonly description: string;
  readonly document: Text;
}

export class CamPolicy extends CloudResource {
  declare readonly name: pulumi.Output<string>;

  constructor(name: string, args: CamPolicyArgs, opts: CloudResourceOptions) {
    super("cam_policy", name, args, opts);
  }
}

export interface CamRolePolicyAttachmentByNameArgs {
  readonly roleName: Text;
  readonly policyName: Text;
}

export class CamRolePolicyAttachmentByName extends CloudResource {
  constructor(name: string, args: CamRolePolicyAttachmentByNameArgs, opts: CloudResourceOptions) {
    super("cam_role_policy_attachment_by_name", name, args, opts);
  }
}
