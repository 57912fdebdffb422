/**
 * The spelling by which e-mail addresses are compared, and which OpenClaw is given: mail systems and identity providers
 * ignore upper and lower case, and OpenClaw does not.
 */
export const comparableAddress = (address: string): string => address.toLowerCase();
