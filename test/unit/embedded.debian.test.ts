import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mergeUsr } from "../../embedded/debian/mergeUsr.ts";
import { archiveNames, packageOf } from "../../embedded/debian/packages.ts";
import { releaseSettings, releaseSources } from "../../embedded/debian/release.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

test("apt's list of addresses is read past what it says around it", () => {
  const output = `Reading package lists...
'http://deb.example/pool/r/runc_1.1.5%2bds1-1_amd64.deb' runc_1.1.5+ds1-1_amd64.deb 2709960 MD5Sum:55
'http://deb.example/pool/s/passwd_4.13_amd64.deb' passwd_1%3a4.13_amd64.deb 972180 SHA256:dd
`;
  expect(archiveNames(output).map(packageOf)).toEqual([
    { name: "runc", version: "1.1.5+ds1-1" },
    { name: "passwd", version: "1:4.13" },
  ]);
});

test("/bin, /sbin and /lib go below /usr and stay reachable by their old names", async () => {
  using root = temporaryFolder({
    "bin/bash": "shell",
    "lib/x86_64-linux-gnu/libc.so.6": "c",
    "usr/lib/x86_64-linux-gnu/libz.so": "z",
    "etc/passwd": "",
  });
  await mergeUsr(root.path);
  expect(lstatSync(join(root.path, "bin")).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(root.path, "bin/bash"), "utf8")).toBe("shell");
  expect(readFileSync(join(root.path, "usr/lib/x86_64-linux-gnu/libc.so.6"), "utf8")).toBe("c");
  expect(existsSync(join(root.path, "lib/x86_64-linux-gnu/libz.so"))).toBe(true);
  expect(existsSync(join(root.path, "etc/passwd"))).toBe(true);
});

test("what is merged already stays as it is", async () => {
  using root = temporaryFolder({ "usr/bin/env": "env" });
  symlinkSync("usr/bin", join(root.path, "bin"));
  mkdirSync(join(root.path, "home"));
  await mergeUsr(root.path);
  expect(readFileSync(join(root.path, "bin/env"), "utf8")).toBe("env");
});

test("another release comes with its updates and its security fixes, vouched for by Debian's keys alone", () => {
  expect(releaseSources("trixie", "/keys/debian.gpg", "https://mirror.example")).toBe(`Types: deb
URIs: https://mirror.example/debian
Suites: trixie trixie-updates
Components: main
Signed-By: /keys/debian.gpg

Types: deb
URIs: https://mirror.example/debian-security
Suites: trixie-security
Components: main
Signed-By: /keys/debian.gpg
`);
});

test("apt sees that release alone, and takes nothing without a signature", async () => {
  using folder = temporaryFolder({});
  const settings = await releaseSettings("trixie", "/keys/debian.gpg", folder.path);
  expect(readFileSync(settings["Dir::Etc::sourcelist"] ?? "", "utf8")).toContain("Suites: trixie ");
  for (const place of ["sourceparts", "trusted", "trustedparts", "preferences", "preferencesparts"]) {
    expect(settings[`Dir::Etc::${place}`], place).toContain(join(folder.path, "nothing"));
  }
  expect(settings).toMatchObject({
    "APT::Get::AllowUnauthenticated": "false",
    "Acquire::AllowInsecureRepositories": "false",
  });
});
