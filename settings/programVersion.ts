import packageJson from "../package.json" with { type: "json" };

/** The version of this program, by SemVer: CONTRIBUTING.md says of what. `--version` and the stack's outputs show it. */
export const programVersion: string = packageJson.version;
