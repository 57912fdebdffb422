import { Project } from "@pulumi/alicloud/log/project.js";
import { cloudTags } from "../../cloudTags.ts";
import { lastingIn, type Place } from "./place.ts";
import type { AckSettings } from "./settings.ts";

/** The log project of the cluster's audit log. A project of its own: those that ACK makes vanish with the cluster. */
export function createAuditProject(place: Place, { name, audit }: AckSettings): Project {
  return new Project(
    `${place.name}-audit`,
    {
      projectName: audit.project,
      description: `Audit and control-plane logs of the cluster ${name}`,
      tags: cloudTags(),
    },
    lastingIn(place),
  );
}
