import type * as pulumi from "@pulumi/pulumi";
import { CloudResource, type CloudResourceOptions, type Tagged } from "./resource.ts";

type Text = pulumi.Input<string>;

export interface ClsLogsetArgs extends Tagged {
  readonly logsetName: string;
}

export class ClsLogset extends CloudResource {
  constructor(name: string, args: ClsLogsetArgs, opts: CloudResourceOptions) {
    super("cls_logset", name, args, opts);
  }
}

export interface ClsTopicArgs extends Tagged {
  readonly topicName: string;
  readonly logsetId: Text;
  /** Days. */
  readonly period: number;
}

export class ClsTopic extends CloudResource {
  constructor(name: string, args: ClsTopicArgs, opts: CloudResourceOptions) {
    super("cls_topic", name, args, opts);
  }
}
