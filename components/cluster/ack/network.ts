import { EipAddress } from "@pulumi/alicloud/ecs/eipAddress.js";
import { EipAssociation } from "@pulumi/alicloud/ecs/eipAssociation.js";
import { NatGateway } from "@pulumi/alicloud/vpc/natGateway.js";
import { Network as Vpc } from "@pulumi/alicloud/vpc/network.js";
import { SnatEntry } from "@pulumi/alicloud/vpc/snatEntry.js";
import { Switch } from "@pulumi/alicloud/vpc/switch.js";
import * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import { lastingIn, optionsIn, type Place } from "./place.ts";
import type { AckSettings } from "./settings.ts";

export interface ZoneSwitches {
  readonly zone: string;
  readonly nodes: Switch;
  readonly pods: Switch;
}

export interface Network {
  readonly vpc: Vpc;
  readonly zones: readonly ZoneSwitches[];
  readonly egress: readonly EipAddress[];
  readonly gateway: NatGateway;
  /** Resources that a node must wait for: without egress it cannot join. */
  readonly wayOut: readonly pulumi.Resource[];
}

/** Two, so that many connections to one destination do not run out of ports, and one can be changed without the other. */
const egressCount = 2;

/** A VPC that nothing gets into from outside, with two vSwitches a zone, and two known addresses to go out from. */
export function createNetwork(place: Place, settings: AckSettings): Network {
  const vpc = createVpc(place, settings);
  const zones = settings.network.zones.map((zone) => createSwitches(place, settings, vpc, zone));
  const egress = createEgressAddresses(place, settings);
  const gateway = createGateway(place, settings, vpc, zones);
  return { vpc, zones, egress, gateway, wayOut: createWayOut(place, settings, { zones, egress, gateway }) };
}

function createVpc(place: Place, { name, network: { cidr } }: AckSettings): Vpc {
  return new Vpc(
    `${place.name}-vpc`,
    { vpcName: name, cidrBlock: cidr, tags: cloudTags() },
    { ...optionsIn(place), protect: true },
  );
}

function createSwitches(
  place: Place,
  { name }: AckSettings,
  vpc: Vpc,
  zone: AckSettings["network"]["zones"][number],
): ZoneSwitches {
  const vSwitch = (use: "nodes" | "pods") =>
    new Switch(
      `${place.name}-${zone.id}-${use}`,
      {
        vswitchName: `${name}-${zone.id}-${use}`,
        vpcId: vpc.id,
        zoneId: zone.id,
        cidrBlock: zone[use],
        tags: cloudTags(),
      },
      optionsIn(place),
    );
  return { zone: zone.id, nodes: vSwitch("nodes"), pods: vSwitch("pods") };
}

function createEgressAddresses(place: Place, { name, network }: AckSettings): EipAddress[] {
  return Array.from({ length: egressCount }, (_, index) => {
    const number = index + 1;
    return new EipAddress(
      `${place.name}-egress-${number}`,
      {
        addressName: `${name}-egress-${number}`,
        paymentType: "PayAsYouGo",
        internetChargeType: "PayByTraffic",
        bandwidth: `${network.egressMbps}`,
        deletionProtection: true,
        tags: cloudTags(),
      },
      lastingIn(place),
    );
  });
}

function createGateway(
  place: Place,
  { name }: AckSettings,
  vpc: Vpc,
  [first]: readonly ZoneSwitches[],
): NatGateway {
  return new NatGateway(
    `${place.name}-nat`,
    {
      natGatewayName: name,
      vpcId: vpc.id,
      ...(first === undefined ? {} : { vswitchId: first.nodes.id }),
      natType: "Enhanced",
      networkType: "internet",
      paymentType: "PayAsYouGo",
      internetChargeType: "PayByLcu",
      eipBindMode: "NAT",
      deletionProtection: true,
      tags: cloudTags(),
    },
    optionsIn(place),
  );
}

/** Every vSwitch goes out through the gateway. */
function createWayOut(
  place: Place,
  { name }: AckSettings,
  { zones, egress, gateway }: Pick<Network, "zones" | "egress" | "gateway">,
): pulumi.Resource[] {
  const associations = egress.map(
    ({ id }, index) =>
      new EipAssociation(
        `${place.name}-egress-${index + 1}-association`,
        { allocationId: id, instanceId: gateway.id, instanceType: "Nat" },
        optionsIn(place),
      ),
  );
  const snatIp = pulumi.all(egress.map(({ ipAddress }) => ipAddress)).apply((ips) => ips.join(","));
  return zones.flatMap(({ zone, nodes, pods }) =>
    Object.entries({ nodes, pods }).map(
      ([use, { id }]) =>
        new SnatEntry(
          `${place.name}-${zone}-${use}-snat`,
          {
            snatEntryName: `${name}-${zone}-${use}`,
            snatTableId: gateway.snatTableIds,
            sourceVswitchId: id,
            snatIp,
          },
          { ...optionsIn(place), dependsOn: associations },
        ),
    ),
  );
}
