import { isIP } from "node:net";
import { UserError } from "../../lib/terminal/errors.ts";

/**
 * Where the services answer: `https://<service>.tencentcloudapi.com`, or in the domain of TENCENTCLOUD_DOMAIN, such as
 * `intl.tencentcloudapi.com`, by TENCENTCLOUD_PROTOCOL. The Terraform provider heeds both.
 *
 * @throws UserError if there is no such domain
 */
export function endpointOf(environment: NodeJS.ProcessEnv): (service: string) => URL {
  const { TENCENTCLOUD_DOMAIN: domain = "", TENCENTCLOUD_PROTOCOL: protocol = "" } = environment;
  const scheme = protocol.toLowerCase() || "https";
  const base = urlOf(
    `${scheme}://${domain || "tencentcloudapi.com"}`,
    `TENCENTCLOUD_DOMAIN "${domain}" and TENCENTCLOUD_PROTOCOL "${protocol}" must be a domain and HTTPS or HTTP`,
  );
  return (service) => within(base, service);
}

/**
 * Where a bucket answers: `https://<bucket>.cos.<region>.myqcloud.com`, or in the domain of TENCENTCLOUD_COS_DOMAIN, a
 * URL, which the Terraform provider heeds as well.
 *
 * @throws UserError if it is none
 */
export function bucketUrlOf(environment: NodeJS.ProcessEnv): (bucket: string, region: string) => URL {
  const { TENCENTCLOUD_COS_DOMAIN: domain = "" } = environment;
  const must = `TENCENTCLOUD_COS_DOMAIN "${domain}" must be a URL`;
  const base = domain === "" ? undefined : urlOf(domain, must);
  return (bucket, region) => within(base ?? urlOf(`https://cos.${region}.myqcloud.com`, must), bucket);
}

function urlOf(text: string, must: string): URL {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UserError(`${must}; without it the public ones are asked.`);
  }
  return new URL(text);
}

/** An address has no subdomains: everything is at it. */
const within = ({ protocol, host, hostname }: URL, name: string): URL =>
  new URL(isIP(hostname) === 0 ? `${protocol}//${name}.${host}` : `${protocol}//${host}`);
