/**
 * The entry point for Pulumi: index.ts of the repository, run from a folder without packages. The official language
 * host names the plugin of every npm package that it finds below the program's folder, used or not, and the engine
 * then downloads a cloud's plugin for stacks on no cloud. From here it finds none, so each plugin is loaded when a
 * resource asks for it.
 */
import "./workingDirectory.ts";
import * as outputs from "../index.ts";

/** The stack's outputs: without those that this kind of stack has not, of each of which the SDK would warn. */
export default Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
