import { isIP } from "node:net";
import { UserError } from "../terminal/errors.ts";

/**
 * Where the services answer: `https://<service>.tencentcloudapi.com`, or in the domain of TENCENTCLOUD_DOMAIN, such as
 * `intl.tencentcloudapi.com`, which the Terraform provider heeds as well, by TENCENTCLOUD_PROTOCOL. An address has no
 * subdomains: all services are at it.
 *
 * @throws UserError if there is no such domain
 */
export function endpointOf(environment: NodeJS.ProcessEnv): (service: string) => URL {
  const { TENCENTCLOUD_DOMAIN: domain = "", TENCENTCLOUD_PROTOCOL: protocol = "" } = environment;
  const scheme = protocol.toLowerCase() || "https";
  const base = `${scheme}://${domain || "tencentcloudapi.com"}`;
  if (!/^https?$/.test(scheme) || !URL.canParse(base)) {
    throw new UserError(
      `TENCENTCLOUD_DOMAIN "${domain}" and TENCENTCLOUD_PROTOCOL "${protocol}" must be a domain and HTTPS or HTTP; ` +
        "without them it is tencentcloudapi.com by HTTPS.",
    );
  }
  const { protocol: by, host, hostname } = new URL(base);
  return (service) => new URL(isIP(hostname) === 0 ? `${by}//${service}.${host}` : base);
}
