/** The edge's own answers, in Chinese and English: small, without scripts, and of nobody's data. */

interface Words {
  readonly title: string;
  readonly zh: string;
  readonly en: string;
}

const suspendedWords: Words = {
  title: "Suspended · 已暂停",
  zh: "此助手已被暂停。数据全部保留，恢复请联系管理员。",
  en: "This assistant is suspended. All of its data is kept; its administrator can have it resumed.",
};

const startingWords: Words = {
  title: "Starting · 正在启动",
  zh: "助手正在启动，本页会自动刷新。",
  en: "The assistant is starting. This page reloads by itself.",
};

/** Seconds after which a client may try again. */
export const retryAfter = { limited: 5, starting: 10 } as const;

/** @param reload seconds after which the page loads itself again */
function page({ title, zh, en }: Words, reload?: number): string {
  const refresh = reload === undefined ? "" : `<meta http-equiv="refresh" content="${reload}">`;
  return (
    `<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">${refresh}` +
    `<title>${title}</title><body style="font:16px/1.6 sans-serif;max-width:32em;margin:15vh auto;padding:0 1em">` +
    `<p>${zh}</p><p lang="en">${en}</p></body></html>\n`
  );
}

const json = (type: string, message: string): string => `${JSON.stringify({ error: { type, message } })}\n`;

export const html = "text/html; charset=utf-8";

export const suspendedPage = page(suspendedWords);
export const suspendedJson = json("suspended", suspendedWords.en);
export const startingPage = page(startingWords, retryAfter.starting);
export const limitedJson = json(
  "rate_limited",
  "The plan of this assistant lets no more requests through. Try again later.",
);
