import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backupScheduleSchema } from "../../components/backup/schedule.ts";
import { run } from "../../lib/system/run.ts";
import { unzipped } from "../../lib/system/zip.ts";
import { timeZoneSchema, timeZones } from "../../tenants/timeZones.ts";

const { stdout } = await run("go", ["env", "GOROOT"]);
const archive = join(stdout.trim(), "lib/time/zoneinfo.zip");

test.skipIf(stdout.trim() === "" || !existsSync(archive))(
  "Go, by which the API server judges, knows every name",
  () => {
    const zones = readFileSync(archive);
    for (const name of timeZones) {
      expect(unzipped(zones, name).toString("latin1", 0, 4), name).toBe("TZif");
    }
  },
);

test("Node, which runs OpenClaw, knows every name, and none of its own is left out", () => {
  for (const timeZone of timeZones) {
    expect(() => new Intl.DateTimeFormat("en", { timeZone }), timeZone).not.toThrow();
  }
  expect(Intl.supportedValuesOf("timeZone").filter((name) => !timeZones.includes(name))).toEqual([]);
});

test.each([
  "Asia/Shanghai",
  "Asia/Kolkata",
  "Europe/Kyiv",
  "America/Argentina/Buenos_Aires",
  "Etc/GMT-8",
  "UTC",
  "PRC",
])("%s is a time zone, for backups as well", (timeZone) => {
  expect(timeZoneSchema.parse(timeZone)).toBe(timeZone);
  expect(backupScheduleSchema.parse({ timeZone }).timeZone).toBe(timeZone);
});

test.each([
  ...["Asia/shanghai", "asia/Shanghai", "ASIA/SHANGHAI", "utc", "europe/kyiv"],
  ...["Local", "local", "", " Asia/Shanghai", "Asia/Shanghai ", "Asia/Shanghai\n", "Mars/Base"],
  ...[
    "+08:00",
    "UTC+8",
    "GMT+8",
    "CST",
    "Beijing",
    "Asia/Beijing",
    "../Asia/Shanghai",
    "Factory",
    "Etc/Unknown",
  ],
])("%j is none, for backups either", (timeZone) => {
  expect(timeZoneSchema.safeParse(timeZone).success).toBe(false);
  expect(backupScheduleSchema.safeParse({ timeZone }).success).toBe(false);
});

test("a name in another spelling is answered with the one that is meant", () => {
  expect(timeZoneSchema.safeParse("asia/shanghai").error?.issues[0]?.message).toBe(
    "must be a time zone of the IANA database, spelt as there: Asia/Shanghai",
  );
});
