import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { localOrigin, type TenantAddresses } from "./addresses.ts";

/**
 * The client that the proxy asks for. To OpenClaw this machine is one of the trusted proxies, which are never clients; the
 * browser's own address is loopback, which OpenClaw does not believe of a proxy. This one is for documentation
 * (RFC 5737), so nobody else has it.
 */
const clientAddress = "192.0.2.10";

/** The headers that OpenClaw requires of a trusted proxy; without them even /startupz is refused. */
export const proxyHeaders = { "x-forwarded-for": clientAddress, "x-forwarded-proto": "https" } as const;

/** Hop-by-hop headers (RFC 9110, 7.6.1), except for the framing of a body, which is kept. */
const ofTheConnection = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
]);

/** Headers that only a proxy may set, besides the one that names a signed-in user. */
const ofProxies = /^(x-forwarded-|forwarded$|x-real-ip$|x-openclaw-scopes$)/;

/**
 * Why a request is not passed on. A page of another site can make a browser send requests here: by a name of its own
 * that leads to this machine (then Host is that name), or openly (then Origin is its own).
 *
 * @returns undefined if it is
 */
export function refusalOf(
  headers: Pick<IncomingHttpHeaders, "host" | "origin">,
  path: string,
  addresses: TenantAddresses,
): string | undefined {
  if (headers.host?.toLowerCase() !== addresses.localHost) {
    return `this is ${addresses.localHost} and nobody else`;
  }
  if (headers.origin !== undefined && headers.origin !== localOrigin(addresses)) {
    return `${headers.origin} may not speak to ${addresses.localHost}`;
  }
  return path.startsWith("/") ? undefined : "a path is required";
}

/**
 * Headers for the tenant's Service: as if the request had come to the tenant's public origin, through an edge.
 *
 * @param userHeader by which the platform's edge names a signed-in user, in lower case: nobody is signed in here
 */
export function requestHeaders(
  headers: IncomingHttpHeaders,
  { publicOrigin }: TenantAddresses,
  userHeader: string,
): OutgoingHttpHeaders {
  const host = new URL(publicOrigin).host;
  return {
    ...withoutConnection(headers, (name) => name !== userHeader && !ofProxies.test(name)),
    ...(headers.upgrade === undefined ? {} : { connection: "Upgrade", upgrade: headers.upgrade }),
    ...(headers.origin === undefined ? {} : { origin: publicOrigin }),
    host,
    ...proxyHeaders,
    "x-forwarded-host": host,
  };
}

/** Headers for the browser, with redirections to where it is. */
export function responseHeaders(
  headers: IncomingHttpHeaders,
  addresses: TenantAddresses,
): OutgoingHttpHeaders {
  const { location } = headers;
  return {
    ...withoutConnection(headers),
    ...(location === undefined ? {} : { location: localLocation(location, addresses) }),
  };
}

function localLocation(location: string, addresses: TenantAddresses): string {
  const target = URL.parse(location);
  return target?.origin === addresses.publicOrigin
    ? `${localOrigin(addresses)}${target.pathname}${target.search}${target.hash}`
    : location;
}

const withoutConnection = (
  headers: IncomingHttpHeaders,
  keeps: (name: string) => boolean = () => true,
): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name) && keeps(name)));
