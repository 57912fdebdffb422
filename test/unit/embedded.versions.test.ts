import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { tencentCloudPackage } from "../../components/tencentcloud/package.ts";
import { terraformSource } from "../../embedded/engine/platform.ts";
import { versions } from "../../embedded/versions.ts";
import { repository } from "../../lib/system/paths.ts";
import packageJson from "../../package.json" with { type: "json" };

const goMod = (module: string) => readFileSync(`${repository}/embedded/go/${module}/go.mod`, "utf8");

test("the CLI is of the version of the SDK, the npm package and the Go module", () => {
  expect(packageJson.dependencies["@pulumi/pulumi"]).toBe(versions.pulumi);
  expect(packageJson.devDependencies.pulumi).toBe(versions.pulumi);
  expect(goMod("pulumi")).toContain(`github.com/pulumi/pulumi/pkg/v3 v${versions.pulumi} `);
});

test("plugins are of the versions of their npm packages", () => {
  expect(packageJson.dependencies).toMatchObject({
    "@pulumi/kubernetes": versions.plugins.kubernetes,
    "@pulumi/random": versions.plugins.random,
  });
});

test("plugins of clouds are of the versions that the program asks for", () => {
  expect(packageJson.dependencies["@pulumi/alicloud"]).toBe(versions.cloudPlugins.alicloud);
  const { bridge, source, version } = tencentCloudPackage;
  expect(bridge).toEqual({
    name: "terraform-provider",
    version: versions.cloudPlugins["terraform-provider"],
  });
  expect({ source, version }).toEqual({ source: terraformSource, version: versions.terraformProvider });
});

test.each([
  ["etcd", `go.etcd.io/etcd/server/v3 v${versions.etcd} `],
  ["kwok", `sigs.k8s.io/kwok v${versions.kwok} `],
  ["coredns", `github.com/coredns/coredns v${versions.coredns}\n`],
  ["versitygw", `github.com/versity/versitygw v${versions.versitygw} `],
  ["envoygateway", `github.com/envoyproxy/gateway v${versions.envoyGateway} `],
  ["kubernetes", `k8s.io/kubernetes v${versions.kubernetes} `],
])("%s is of the version of its Go module", (module, line) => {
  expect(goMod(module)).toContain(line);
});
