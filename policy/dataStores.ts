import { alicloud, tencentcloud } from "./types.ts";

/**
 * Cloud resources that hold data or the key to it, by type token, each with its noun: what the rule protected-data
 * requires `protect` of, and what a review warns of when it goes.
 */
export const dataStores: Readonly<Record<string, string>> = {
  [alicloud.disk]: "a disk",
  [alicloud.ecsDisk]: "a disk",
  [alicloud.kmsKey]: "an encryption key",
  [alicloud.redisInstance]: "a cache",
  [alicloud.fileSystem]: "a file system",
  [alicloud.bucket]: "a bucket",
  [alicloud.rdsDatabase]: "a database",
  [alicloud.rdsInstance]: "a database",
  [alicloud.tairInstance]: "a cache",
  [tencentcloud.cbsStorage]: "a disk",
  [tencentcloud.cfsFileSystem]: "a file system",
  [tencentcloud.cosBucket]: "a bucket",
  [tencentcloud.kmsKey]: "an encryption key",
  [tencentcloud.postgresqlInstance]: "a database",
  [tencentcloud.redisInstance]: "a cache",
};
