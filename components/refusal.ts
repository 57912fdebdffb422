import * as pulumi from "@pulumi/pulumi";
import { printableLines } from "../lib/text.ts";

/**
 * The error that ends the program with a text for whoever runs it, and no stack. What it says of files, settings and the
 * cluster may be anybody's words, so it is made printable.
 */
export const refusal = (text: string): pulumi.RunError => new pulumi.RunError(printableLines(text));
