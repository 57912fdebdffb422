import { expect, test } from "vitest";
import { manifestsOf } from "../../embedded/edge/definitions.ts";

test("a chart's file is read without its templates and empty documents", () => {
  const text = [
    '{{- if and .Values.crds (eq .Values.channel "standard") }}',
    "# Copyright",
    "---",
    "kind: A",
    "description: of {{ braces }}",
    "---",
    "kind: B",
    "{{- end }}",
    "",
  ].join("\n");
  expect(manifestsOf(text)).toEqual([{ kind: "A", description: "of {{ braces }}" }, { kind: "B" }]);
});
