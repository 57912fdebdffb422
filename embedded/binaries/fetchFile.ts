import { open } from "node:fs/promises";
import { get as getByHttp, type IncomingMessage } from "node:http";
import { get as getByHttps } from "node:https";
import { onInterrupt } from "../../lib/terminal/interrupt.ts";

/** Milliseconds without a byte after which a download is given up. */
const stallLimit = 15_000;

const mostRedirects = 5;

/**
 * Fetches a file. Not by `fetch`: Node 24.21's dies of an assertion in its parser when a server that ends the connection
 * with the file, as Python's does, is quicker than the disk.
 *
 * @throws Error if the server refuses, stalls or breaks off; half a file may be there then
 */
export async function fetchFile(
  url: string,
  target: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const abort = new AbortController();
  const stall = () => abort.abort(new Error(`${url}: nothing came for ${stallLimit / 1000} s`));
  const stopListening = onInterrupt(() => abort.abort());
  let timer = setTimeout(stall, stallLimit);
  const file = await open(target, "w");
  try {
    const response = await answerOf(new URL(url), abort.signal, mostRedirects);
    for await (const chunk of response) {
      clearTimeout(timer);
      timer = setTimeout(stall, stallLimit);
      // Not write, which may write a part.
      await file.writeFile(chunk);
      onBytes(chunk.length);
    }
    if (!response.complete) {
      throw new Error(`${url}: the server broke off`);
    }
  } catch (error) {
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    clearTimeout(timer);
    stopListening();
    await file.close();
  }
}

function answerOf(url: URL, signal: AbortSignal, redirects: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === "https:" ? getByHttps : getByHttp;
    const request = get(url, { signal }, (response) => {
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) {
        resolve(response);
        return;
      }
      response.resume();
      if (statusCode > 300 && statusCode < 400 && headers.location !== undefined && redirects > 0) {
        try {
          resolve(answerOf(redirected(url, headers.location), signal, redirects - 1));
        } catch (error) {
          // Thrown here nobody would catch it.
          reject(error);
        }
      } else {
        reject(new Error(`${url.href}: HTTP ${statusCode}`));
      }
    });
    request.on("error", reject);
  });
}

/**
 * Where a server sends whoever asks for a URL.
 *
 * @throws Error if that is no address, or gives up encryption: most of what is fetched has no checksum but that
 */
export function redirected(from: URL, location: string): URL {
  const to = URL.parse(location, from.href);
  if (to === null || (to.protocol !== "https:" && to.protocol !== from.protocol)) {
    throw new Error(`${from.href} leads to ${location}, which is not fetched`);
  }
  return to;
}
