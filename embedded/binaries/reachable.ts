/** Milliseconds in which a download server must answer, or it counts as out of reach. */
const patience = 3_000;

const answers = new Map<string, Promise<boolean>>();

/**
 * Whether the server of a URL answers, asked once a run. Any answer of its own counts but a refusal: a proxy that
 * lets nothing through says 403 or 407.
 */
export function isReachable(url: string): Promise<boolean> {
  const { origin } = new URL(url);
  let answer = answers.get(origin);
  if (answer === undefined) {
    answer = fetch(url, { method: "HEAD", signal: AbortSignal.timeout(patience) }).then(
      (response) => response.status < 400 || response.status === 404,
      () => false,
    );
    answers.set(origin, answer);
  }
  return answer;
}

/** Whether a server has this very file. */
export function isThere(url: string): Promise<boolean> {
  return fetch(url, { method: "HEAD", signal: AbortSignal.timeout(patience) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
