const loopback = ["localhost", "127.0.0.1", "::1"];

const entries = (list: string | undefined): string[] => (list ?? "").split(/[\s,]+/).filter(Boolean);
const listOf = (...texts: readonly string[]): string => [...new Set(texts)].join(",");

/**
 * The variables that keep what a machine says to itself away from its proxy, in the spelling of every program that reads
 * some: gRPC in Node wants the small letters and knows no `*`, Go prefers the capitals. What the user has in any of them
 * stays, and holds for both.
 *
 * A Pulumi program speaks gRPC to its engine on loopback, and takes the proxy of `http_proxy` and the like for it.
 */
export function directLoopback(environment: NodeJS.ProcessEnv): Record<string, string> {
  const { no_proxy, NO_PROXY, no_grpc_proxy } = environment;
  const own = [...entries(no_proxy), ...entries(NO_PROXY)];
  // `*` means every host where it stands alone, and to some programs nothing among others.
  const isEverything = own.includes("*");
  const list = isEverything ? "*" : listOf(...own, ...loopback);
  return {
    no_proxy: list,
    NO_PROXY: list,
    // gRPC in Node reads it instead of no_proxy.
    ...(no_grpc_proxy || isEverything
      ? { no_grpc_proxy: listOf(...entries(no_grpc_proxy), ...loopback) }
      : {}),
  };
}

/** The environment without any proxy: what the programs of an embedded cluster speak to is on this machine. */
export function withoutProxy(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(https?|all|grpc)_proxy$/i.test(name)),
  );
}
