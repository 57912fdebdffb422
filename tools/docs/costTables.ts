import { money } from "../../lib/terminal/table.ts";
import { assumedMix, assumedUse, platformSizes, tenantsPerCluster } from "../../tenants/fleetAssumptions.ts";
import { fleetMonthlyCny, fleetUsers, sharedParts, usersOf } from "../../tenants/fleetCost.ts";
import {
  type CloudProvider,
  cloudProviders,
  type ListPrice,
  pricesGatheredOn,
  unitCny,
} from "../../tenants/listPrice.ts";
import { planNames, plans } from "../../tenants/plans.ts";
import { type PlatformPrices, platformPrices } from "../../tenants/platformPrices.ts";
import { tenantPrices } from "../../tenants/prices.ts";
import { savingNames, savingNodePrices, savings, tenantMonthlyCny } from "../../tenants/savings.ts";
import type { CostLanguage, CostWords } from "./costWords.ts";
import { english } from "./costWordsEn.ts";
import { chinese } from "./costWordsZh.ts";
import { markdownTable, withSection } from "./markdown.ts";

/** The pages with cost tables, from the project's root. */
export const costPages: readonly { readonly path: string; readonly language: CostLanguage }[] = [
  { path: "docs/cost.md", language: "en" },
  { path: "docs/cost.zh-CN.md", language: "zh" },
];

const words: Readonly<Record<CostLanguage, CostWords>> = { en: english, zh: chinese };

const fleetSizes = [10, 100, 1000] as const;
const largestFleet = 1000;

/** Part of the seats that are taken; nobody measured it. */
const seatUse = 0.4;

/** Each is written between `<!-- npm run generate: NAME -->` and `<!-- end of NAME -->`. */
const tables = {
  fleets: fleetTable,
  users: userTable,
  savings: savingsTable,
  assumptions: assumptionTables,
  prices: priceTable,
} satisfies Record<string, (words: CostWords) => string>;

/**
 * A page with its tables computed anew.
 * @throws Error if a section is missing in the page
 */
export function withCostTables(text: string, { path, language }: (typeof costPages)[number]): string {
  return Object.entries(tables).reduce((page, [name, table]) => {
    const section = { start: `<!-- npm run generate: ${name} -->`, end: `<!-- end of ${name} -->` };
    return withSection(page, section, table(words[language]), path);
  }, text);
}

function fleetTable(w: CostWords): string {
  const fleets = cloudProviders.flatMap((provider) =>
    fleetSizes.map((tenants) => ({ provider, tenants, cost: fleetMonthlyCny({ tenants, provider }) })),
  );
  type Fleet = (typeof fleets)[number];
  const row = (title: string, value: (fleet: Fleet) => string) => [title, ...fleets.map(value)];
  const titles = fleets.map(({ provider, tenants }) => `${w.provider[provider]}, ${w.tenantsOf(tenants)}`);
  return markdownTable(
    [w.cnyAMonth, ...titles],
    [
      row(w.clusters, ({ cost }) => `${cost.clusters}`),
      row(w.compute, ({ cost }) => yuan(cost.tenants.compute)),
      row(w.disk, ({ cost }) => yuan(cost.tenants.disk)),
      ...sharedParts.map((part) => row(w.part[part], ({ cost }) => yuan(cost.shared[part]))),
      row(w.total, ({ cost }) => `**${yuan(cost.total)}**`),
      row(w.perTenant, ({ cost }) => `**${yuan(cost.perTenant)}**`),
    ],
    1,
  );
}

function userTable(w: CostWords): string {
  const uses = [
    { title: w.seatUse.every, use: 1 },
    { title: w.seatUse.some(seatUse * 100), use: seatUse },
    { title: w.seatUse.one, use: 0 },
  ];
  const users = uses.map(({ use }) => planNames.map((plan) => usersOf(plans[plan].seats, use)).join(" / "));
  const rows = cloudProviders.flatMap((provider) =>
    fleetSizes.map((tenants) => {
      const { total } = fleetMonthlyCny({ tenants, provider });
      const perUser = uses.map(({ use }) => yuan(total / fleetUsers(tenants, use)));
      return [`${w.provider[provider]}, ${w.tenantsOf(tenants)}`, ...perUser];
    }),
  );
  return markdownTable(
    [w.cnyAUser, ...uses.map(({ title }) => title)],
    [[w.usersATenant, ...users], ...rows],
    1,
  );
}

function savingsTable(w: CostWords): string {
  const rows = cloudProviders.flatMap((provider) =>
    savingNames.map((name) => {
      const saving = savings[provider][name];
      const fleet = { tenants: largestFleet, provider, saving };
      const mixed = fleetMonthlyCny(fleet);
      const basic = fleetMonthlyCny({ ...fleet, mix: { basic: 1, pro: 0, enterprise: 0 } });
      return [
        w.provider[provider],
        w.saving[name],
        ...planNames.map((plan) => money(tenantMonthlyCny(plan, saving))),
        yuan(mixed.perTenant),
        yuan(mixed.total / fleetUsers(largestFleet, seatUse)),
        yuan(basic.perTenant),
      ];
    }),
  );
  const titles = [w.savedFleet(largestFleet), w.savedUser(seatUse * 100), w.savedBasic(largestFleet)];
  return markdownTable([w.cloud, w.way, ...planNames, ...titles], rows, 2);
}

function assumptionTables(w: CostWords): string {
  const use = assumedUse;
  const clusters = cloudProviders.map((provider) => [w.provider[provider], `${tenantsPerCluster[provider]}`]);
  const sizes = platformSizes.map((size) => [
    `${w.upTo} ${size.upToTenants}`,
    `${size.systemCpus}`,
    `${size.databaseMemoryGiB} / ${size.databaseDiskGB}`,
    `${size.cacheMemoryGiB}`,
  ]);
  const single = [
    [w.uses.mix, planNames.map((plan) => percent(assumedMix[plan])).join(" / ")],
    [w.uses.nodeFill, percent(use.nodeFill)],
    [w.uses.nodes, `${use.cpusPerTenantNode} / ${use.nodeDiskGiB}`],
    [w.uses.systemNodes, `${use.systemNodesPerCluster}`],
    [
      w.uses.gateways,
      `${use.natGatewaysPerCluster} / ${use.loadBalancersPerCluster} / ${use.addressesPerCluster}`,
    ],
    [w.uses.keys, `${use.keysPerCluster}`],
    [w.uses.internet, `${use.internetGB}`],
    [w.uses.nat, `${use.natGB}`],
    [w.uses.objects, `${use.objectStoreGB}`],
    [w.uses.logs, `${use.logsGB}`],
  ];
  return [
    markdownTable([w.cloud, w.tenantsACluster], clusters, 1),
    markdownTable([w.tenantsACluster, w.systemCpus, w.database, w.cache], sizes, 1),
    markdownTable([w.use, w.taken], single, 1),
  ].join("\n\n");
}

function priceTable(w: CostWords): string {
  const rows = cloudProviders.flatMap((provider) =>
    pricesOf(provider).map(([name, price]) => [
      w.provider[provider],
      w.price[name],
      price.product,
      `${price.currency} ${price.amount} ${w.per[price.per]}${price.arithmetic === undefined ? "" : ` (${price.arithmetic})`}`,
      unitCny(price).toFixed(2),
      `${w.grade[price.grade]}: ${price.source.startsWith("https://") ? `<${price.source}>` : price.source}`,
    ]),
  );
  const titles = [w.cloud, w.priceOf, w.product, w.printed, w.inCny, w.source];
  return [w.lookedUp(pricesGatheredOn), markdownTable(titles, rows, titles.length)].join("\n\n");
}

type PriceName = keyof CostWords["price"];

function pricesOf(provider: CloudProvider): (readonly [PriceName, ListPrice])[] {
  const { cpu, diskGiB } = tenantPrices[provider];
  const platform: PlatformPrices = platformPrices[provider];
  const names = Object.keys(platform) as (keyof PlatformPrices)[];
  return [
    ["cpu", cpu],
    ["computeCpu", savingNodePrices[provider]],
    ["diskGiB", diskGiB],
    ...names.flatMap((name) => {
      const price = platform[name];
      return price === undefined ? [] : [[name, price] as const];
    }),
  ];
}

/** `54,789`: whole CNY. */
const yuan = (cny: number): string => Math.round(cny).toLocaleString("en-US");

/** `85 %` */
const percent = (part: number): string => `${Math.round(part * 100)} %`;
