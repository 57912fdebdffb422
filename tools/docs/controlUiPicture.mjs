/**
 * Makes docs/control-ui.png anew: opens a link of `npm run open -- acme --json` in Chromium, talks, and takes a picture.
 * No test runs it and no package of the project knows it: it needs a real node, a Chromium and playwright-core.
 *
 *   npm install --prefix /tmp/picture playwright-core
 *   node tools/docs/controlUiPicture.mjs LINK /tmp/picture/node_modules/playwright-core docs/control-ui.png
 *   pngquant --force --ext .png docs/control-ui.png
 */
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [link, playwright = "", file = ""] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(resolve(playwright));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Root has no sandbox, and the page is the tenant's own.
  args: ["--no-sandbox"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  const messages = ["Hello", "What have I told you?"];
  await page.goto(link);
  const input = page.getByPlaceholder(/^Message /);
  for (const [index, message] of messages.entries()) {
    await input.fill(message);
    await input.press("Enter");
    // The last line of each answer.
    const ends = page.getByText(/I was asked as kimi-k3, with the key [0-9a-f]{8}\./);
    await ends.nth(index).waitFor({ timeout: 60_000 });
    // Until then a message would wait behind the answer; only the last one says it.
    await page
      .getByText(/^Done in /)
      .last()
      .waitFor({ timeout: 60_000 });
  }
  await page
    .getByRole("button", { name: /dismiss/i })
    .first()
    .click();
  // The list of sessions follows.
  await page.waitForTimeout(2_000);
  await page.screenshot({ path: file });
} finally {
  await browser.close();
}
