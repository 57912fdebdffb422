import type { SharedPart } from "../../tenants/fleetCost.ts";
import type { CloudProvider, ListPrice, PriceGrade } from "../../tenants/listPrice.ts";
import type { PlatformPrices } from "../../tenants/platformPrices.ts";
import type { SavingName } from "../../tenants/savings.ts";

export type CostLanguage = "en" | "zh";

/** Every word of the generated tables of docs/cost.md and docs/cost.zh-CN.md. */
export interface CostWords {
  readonly provider: Readonly<Record<CloudProvider, string>>;
  readonly tenantsOf: (tenants: number) => string;
  readonly cnyAMonth: string;
  readonly clusters: string;
  readonly compute: string;
  readonly disk: string;
  readonly part: Readonly<Record<SharedPart, string>>;
  readonly total: string;
  readonly perTenant: string;
  readonly cloud: string;
  readonly cnyAUser: string;
  readonly seatUse: {
    readonly every: string;
    readonly some: (percent: number) => string;
    readonly one: string;
  };
  readonly usersATenant: string;
  readonly way: string;
  readonly saving: Readonly<Record<SavingName, string>>;
  readonly savedFleet: (tenants: number) => string;
  readonly savedUser: (percent: number) => string;
  readonly savedBasic: (tenants: number) => string;
  readonly tenantsACluster: string;
  readonly upTo: string;
  readonly systemCpus: string;
  readonly database: string;
  readonly cache: string;
  readonly use: string;
  readonly taken: string;
  readonly uses: Readonly<Record<UseName, string>>;
  readonly lookedUp: (date: string) => string;
  readonly priceOf: string;
  readonly product: string;
  readonly printed: string;
  readonly inCny: string;
  readonly source: string;
  readonly grade: Readonly<Record<PriceGrade, string>>;
  readonly per: Readonly<Record<ListPrice["per"], string>>;
  readonly price: Readonly<Record<keyof PlatformPrices | "cpu" | "computeCpu" | "diskGiB", string>>;
}

/** Rows of the table of assumptions that are one figure each. */
export type UseName =
  | "mix"
  | "nodeFill"
  | "nodes"
  | "systemNodes"
  | "gateways"
  | "keys"
  | "internet"
  | "nat"
  | "objects"
  | "logs";
