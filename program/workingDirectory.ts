import { dirname } from "node:path";

/** Pulumi runs a program in its folder; paths in messages are meant from the repository. */
process.chdir(dirname(import.meta.dirname));
