import * as pulumi from "@pulumi/pulumi";
import { managedBy, tagKeys } from "./labels.ts";

/** Tags of everything in a cloud's account: whose bill a resource is on, and which program to ask before touching it. */
export const cloudTags = (): Readonly<Record<string, string>> => ({
  [tagKeys.project]: pulumi.getProject(),
  [tagKeys.stack]: pulumi.getStack(),
  [tagKeys.managedBy]: managedBy,
});
