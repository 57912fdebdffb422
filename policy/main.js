// Pulumi's entry point for policy packs requires this folder with ts-node switched on, whatever PulumiPolicy.yaml
// says. A plain script as the entry leaves the TypeScript behind it to Node's own type stripping, as in the program.
import "./index.ts";
