import { z } from "zod";
import { ackSettingsSchema } from "./ack/settings.ts";
import type { Cluster } from "./cluster.ts";
import { type ClusterConnection, existingClusterSchema } from "./connection.ts";
import { existingCluster } from "./existing.ts";
import { tkeSettingsSchema } from "./tke/settings.ts";

/** Settings of a cluster that the stack owns, or of an existing one. */
export const clusterSettingsSchema = z.discriminatedUnion("kind", [
  existingClusterSchema,
  ackSettingsSchema,
  tkeSettingsSchema,
]);

export type ClusterSettings = z.infer<typeof clusterSettingsSchema>;

/** The cluster of the stack that owns the platform. A cloud's package is loaded only where it is needed. */
export async function createCluster(settings: ClusterSettings): Promise<Cluster> {
  switch (settings.kind) {
    case "existing":
      return existingCluster(settings);
    case "ack": {
      const { AckCluster } = await import("./ack.ts");
      return new AckCluster("ack", settings);
    }
    case "tke": {
      const { TkeCluster } = await import("./tke.ts");
      return new TkeCluster("tke", settings);
    }
  }
}

/** The cluster of a cell, which another stack made. */
export async function connectCluster(connection: ClusterConnection): Promise<Cluster> {
  switch (connection.kind) {
    case "existing":
      return existingCluster(connection);
    case "ack": {
      const { connectAck } = await import("./ack.ts");
      return connectAck(connection);
    }
    case "tke": {
      const { connectTke } = await import("./tke.ts");
      return connectTke(connection);
    }
  }
}
