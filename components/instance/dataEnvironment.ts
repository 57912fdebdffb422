/** Environment variables of the container for the tenant's data services. */
export interface DataEnvironment {
  readonly settings: Readonly<Record<string, string>>;
  /** Names of entries of the tenant's Secret. */
  readonly credentials: readonly string[];
}

/** The environment of a tenant without data services. */
export const noData: DataEnvironment = { settings: {}, credentials: [] };
