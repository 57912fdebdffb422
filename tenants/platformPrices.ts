import type { CloudProvider, ListPrice } from "./listPrice.ts";

/**
 * A provider's list prices for the parts of a platform that tenants share. Every key is a row of
 * docs/cost.md. An absent price is no fee.
 */
export interface PlatformPrices {
  /** The managed control plane of one cluster. */
  readonly cluster: ListPrice;
  readonly natGateway: ListPrice;
  /** One GB through the NAT gateway, in either direction. */
  readonly natTraffic: ListPrice;
  /** One public address, held. */
  readonly address?: ListPrice;
  /** One GB to the internet. */
  readonly internetTraffic: ListPrice;
  readonly loadBalancer: ListPrice;
  /** One capacity unit of the load balancer, used all month. */
  readonly loadBalancerCapacity?: ListPrice;
  /** One GiB of memory of a highly available PostgreSQL, the standby's included. */
  readonly databaseMemoryGiB: ListPrice;
  /** One GB of its disk, the standby's included. */
  readonly databaseDiskGB: ListPrice;
  /** One GiB of a Redis with a replica, the replica's included. */
  readonly cacheMemoryGiB: ListPrice;
  /** One GB kept for a month. */
  readonly objectStoreGB: ListPrice;
  /** One GB of raw log, written, indexed and kept for 30 days. */
  readonly logsGB: ListPrice;
  /** The key management instance, where keys of one's own need one. */
  readonly keyService?: ListPrice;
  /** One key of one's own. */
  readonly key: ListPrice;
}

export const platformPrices: Readonly<Record<CloudProvider, PlatformPrices>> = {
  alibaba: {
    cluster: {
      product: "ACK Pro",
      amount: 0.64,
      currency: "CNY",
      per: "hour",
      source:
        "https://help.aliyun.com/zh/ack/ack-managed-and-ack-dedicated/product-overview/ack-pro-cluster-billing",
      grade: "official",
    },
    natGateway: {
      product: "Internet NAT gateway",
      amount: 0.034,
      currency: "USD",
      per: "hour",
      source: "https://www.alibabacloud.com/help/zh/nat-gateway/latest/billing-of-internet-nat-gateways",
      grade: "official",
    },
    natTraffic: {
      product: "Internet NAT gateway CU (1 GiB)",
      amount: 0.034,
      currency: "USD",
      per: "GB",
      source: "https://www.alibabacloud.com/help/zh/nat-gateway/latest/billing-of-internet-nat-gateways",
      grade: "weak",
      arithmetic: "CU = instance hour",
    },
    address: {
      product: "EIP (page of 2017-08-07)",
      amount: 0.003,
      currency: "USD",
      per: "hour",
      source: "https://www.alibabacloud.com/help/doc-detail/27767.htm",
      grade: "weak",
    },
    internetTraffic: {
      product: "CDT, BGP, ≤ 10 TB",
      amount: 0.8,
      currency: "CNY",
      per: "GB",
      source: "`aliyun bssopenapi GetPayAsYouGoPrice --ProductCode cdt`, cn-shenzhen, 2026-10-09",
      grade: "quoted",
    },
    loadBalancer: {
      product: "NLB",
      amount: 0.02,
      currency: "USD",
      per: "hour",
      source: "https://www.alibabacloud.com/help/en/server-load-balancer/latest/nlb-billable-items",
      grade: "official",
    },
    loadBalancerCapacity: {
      product: "LCU of an ALB",
      amount: 0.049,
      currency: "CNY",
      per: "hour",
      source: "https://help.aliyun.com/document_detail/197203.html",
      grade: "weak",
    },
    databaseMemoryGiB: {
      product: "RDS PostgreSQL serverless, HA",
      amount: 0.0497,
      currency: "USD",
      per: "hour",
      source:
        "https://www.alibabacloud.com/help/en/rds/apsaradb-rds-for-postgresql/pricing-of-serverless-apsaradb-rds-for-sql-server-instances",
      grade: "official",
      arithmetic: "0.0497/RCU × 2 ÷ 2 GiB",
    },
    databaseDiskGB: {
      product: "RDS PostgreSQL serverless, HA",
      amount: 0.00048,
      currency: "USD",
      per: "hour",
      source:
        "https://www.alibabacloud.com/help/en/rds/apsaradb-rds-for-postgresql/pricing-of-serverless-apsaradb-rds-for-sql-server-instances",
      grade: "official",
      arithmetic: "0.00024 × 2",
    },
    cacheMemoryGiB: {
      product: "Tair (Redis), 4 GB, monthly",
      amount: 90,
      currency: "CNY",
      per: "month",
      source: "`aliyun r-kvstore DescribePrice`, cn-shenzhen, 2026-10-09",
      grade: "quoted",
      arithmetic: "360 ÷ 4",
    },
    objectStoreGB: {
      product: "OSS Standard ZRS",
      amount: 0.15,
      currency: "CNY",
      per: "month",
      source: "https://kandaoni.com/news/26917.html",
      grade: "quoted",
    },
    logsGB: {
      product: "SLS, pay by ingested data",
      amount: 0.4,
      currency: "CNY",
      per: "GB",
      source: "`aliyun` price API, 2026-10-09",
      grade: "quoted",
    },
    keyService: {
      product: "KMS software instance",
      amount: 4.5,
      currency: "USD",
      per: "day",
      source: "https://alibabacloud.com/help/en/kms/key-management-service/pay-as-you-go",
      grade: "official",
    },
    key: {
      product: "KMS key",
      amount: 0.03,
      currency: "USD",
      per: "day",
      source: "https://alibabacloud.com/help/en/kms/key-management-service/pay-as-you-go",
      grade: "official",
    },
  },
  tencent: {
    cluster: {
      product: "TKE L100",
      amount: 0.19152276,
      currency: "USD",
      per: "hour",
      source: "https://www.tencentcloud.com/document/product/457/45157",
      grade: "official",
    },
    natGateway: {
      product: "Standard NAT Gateway",
      amount: 0.034,
      currency: "USD",
      per: "hour",
      source: "https://www.tencentcloud.com/document/product/1015/30248",
      grade: "official",
    },
    natTraffic: {
      product: "Standard NAT Gateway CU (1 GB)",
      amount: 0.034,
      currency: "USD",
      per: "GB",
      source: "https://www.tencentcloud.com/document/product/1015/30248",
      grade: "weak",
      arithmetic: "CU = 1 GB",
    },
    internetTraffic: {
      product: "EIP, CLB, by traffic",
      amount: 0.8,
      currency: "CNY",
      per: "GB",
      source: "`tccli` price API, ap-guangzhou, 2026-10-09",
      grade: "quoted",
    },
    loadBalancer: {
      product: "CLB, shared",
      amount: 0.2,
      currency: "CNY",
      per: "hour",
      source: "`tccli` price API, ap-guangzhou, 2026-10-09",
      grade: "quoted",
    },
    databaseMemoryGiB: {
      product: "TencentDB for PostgreSQL, tier 3",
      amount: 0.026,
      currency: "USD",
      per: "hour",
      source: "https://intl.cloud.tencent.com/document/product/409/4993",
      grade: "official",
    },
    databaseDiskGB: {
      product: "TencentDB for PostgreSQL",
      amount: 0.0005,
      currency: "USD",
      per: "hour",
      source: "https://intl.cloud.tencent.com/document/product/409/4993",
      grade: "official",
    },
    cacheMemoryGiB: {
      product: "Redis, 4 GB, monthly",
      amount: 76,
      currency: "CNY",
      per: "month",
      source: "`tccli` price API, ap-guangzhou, 2026-10-09",
      grade: "quoted",
      arithmetic: "304 ÷ 4",
    },
    objectStoreGB: {
      product: "COS Standard",
      amount: 0.118,
      currency: "CNY",
      per: "month",
      source: "a tutorial of Tencent's on Nextcloud with COS, Shanghai",
      grade: "quoted",
    },
    logsGB: {
      product: "CLS",
      amount: 0.83,
      currency: "CNY",
      per: "GB",
      source: "`tccli` price API, 2026-10-09",
      grade: "quoted",
      arithmetic: "0.18 ÷ 4 + 0.35 + 0.0115 × 30 × (1 + 1/4)",
    },
    key: {
      product: "KMS CMK",
      amount: 0.06,
      currency: "USD",
      per: "day",
      source: "https://www.tencentcloud.com/document/product/1030/31966",
      grade: "official",
    },
  },
};
