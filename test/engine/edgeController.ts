import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, cp, mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { controllerConfig } from "../../components/platform/edge/controller.ts";
import { gatewaySettingsSchema } from "../../components/platform/edge/settings.ts";
import { envoyGateway } from "../../embedded/binaries/catalogue.ts";
import { binaryPath, ensureBinaries } from "../../embedded/binaries/index.ts";
import { run } from "../../lib/system/run.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";

/**
 * The real controller of the edge, as a process of this machine: on simulated nodes no pod runs. It reads its certificates
 * from /certs, so its root is a folder of its own, which a user namespace allows without root.
 *
 * @param kubeconfig by which it reaches the cluster
 */
export async function prepareController(namespace: string, kubeconfig: string) {
  const root = await mkdtemp(join(tmpdir(), "openclaw-edge-"));
  await ensureBinaries([envoyGateway], silentProgress);
  const program = binaryPath(envoyGateway, "envoy-gateway");
  const made = await run(program, ["certgen", "--local", "--config-home", join(root, "home")]);
  if (made.code !== 0) {
    throw new Error(made.stderr);
  }
  await cp(join(root, "home/certs/envoy-gateway"), join(root, "certs"), { recursive: true });
  await copyFile(program, join(root, "envoy-gateway"));
  await mkdir(join(root, "tmp"));
  await writeFile(join(root, "kubeconfig"), kubeconfig, { mode: 0o600 });
  const settings = gatewaySettingsSchema.parse({ certificate: "wildcard-tls" });
  await writeFile(join(root, "config.yaml"), stringify(controllerConfig(namespace, settings)));

  const log = join(root, "log");
  let process: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    await using output = await open(log, "a");
    process = spawn(
      "unshare",
      [
        ...["--map-root-user", "--user", "--kill-child", `--root=${root}`, "--wd=/"],
        ...["/envoy-gateway", "server", "--config-path=/config.yaml"],
      ],
      {
        env: { KUBECONFIG: "/kubeconfig", ENVOY_GATEWAY_NAMESPACE: namespace, HOME: "/" },
        stdio: ["ignore", output.fd, output.fd],
      },
    );
  };
  const stop = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (process === undefined || process.exitCode !== null) {
      return;
    }
    process.once("exit", () => resolve());
    process.kill("SIGKILL");
    await promise;
  };
  const certificate = (file: string) => readFile(join(root, "home/certs/envoy", file), "utf8");
  return {
    /** The certificate of the proxies, which the controller reads of a Secret. */
    proxyCertificate: {
      "tls.crt": await certificate("tls.crt"),
      "tls.key": await certificate("tls.key"),
      "ca.crt": await certificate("ca.crt"),
    },
    log: () => readFile(log, "utf8"),
    start,
    stop,
    close: async () => {
      await stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
