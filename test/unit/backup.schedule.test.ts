import fc from "fast-check";
import { expect, test } from "vitest";
import { backupCron, backupScheduleSchema, checkDay } from "../../components/backup/schedule.ts";

const ids = Array.from({ length: 1000 }, (_, index) => `tenant-${index}`);

const minutesOfAnHour = Array.from({ length: 60 }, (_, minute) => `${minute}`);
const hoursOfTheDay = Array.from({ length: 24 }, (_, hour) => `${hour}`);

/** So many hours of the day from one on, past midnight as well, as cron writes them. */
const hoursAfter = (from: number, count: number): string[] =>
  [...hoursOfTheDay, ...hoursOfTheDay].slice(from, from + count);

test("a tenant has a minute of its own in the window, the same every night", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 40 }),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 1, max: 24 }),
      (id, fromHour, hours) => {
        const schedule = { timeZone: "Asia/Shanghai", fromHour, hours };
        const [minute, hour, ...rest] = backupCron(id, schedule).split(" ");
        expect(rest).toEqual(["*", "*", "*"]);
        expect(minutesOfAnHour).toContain(minute);
        expect(hoursAfter(fromHour, hours)).toContain(hour);
        expect(backupCron(id, schedule)).toBe([minute, hour, ...rest].join(" "));
      },
    ),
  );
});

test.each([
  ["fromHour", -1],
  ["fromHour", 24],
  ["fromHour", 1.5],
  ["hours", 0],
  ["hours", 25],
])("a %s of %d is none", (field, value) => {
  expect(backupScheduleSchema.safeParse({ [field]: value }).success).toBe(false);
});

test("a window may begin at midnight, and may be the whole day", () => {
  expect(backupScheduleSchema.parse({ fromHour: 0, hours: 24 })).toMatchObject({ fromHour: 0, hours: 24 });
  expect(backupScheduleSchema.parse({ fromHour: 23, hours: 1 })).toMatchObject({ fromHour: 23, hours: 1 });
});

test("a thousand tenants are spread over the whole of it: no minute has a tenth of them, no hour half", () => {
  const schedule = backupScheduleSchema.parse({});
  const crons = ids.map((id) => backupCron(id, schedule));
  const most = (keys: readonly string[]) =>
    Math.max(...Object.values(Object.groupBy(keys, (key) => key)).map((group) => group?.length ?? 0));
  expect(most(crons)).toBeLessThan(20);
  expect(most(crons.map((cron) => cron.split(" ")[1] ?? ""))).toBeLessThan(300);
  expect(new Set(ids.map(checkDay))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
});

test("the window begins at one o'clock in Shanghai and lasts five hours, unless settings say otherwise", () => {
  expect(backupScheduleSchema.parse({})).toEqual({ timeZone: "Asia/Shanghai", fromHour: 1, hours: 5 });
  expect(backupScheduleSchema.parse({ timeZone: "Europe/Berlin" }).timeZone).toBe("Europe/Berlin");
  for (const wrong of [{ fromHour: 24 }, { hours: 0 }]) {
    expect(backupScheduleSchema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  }
});
