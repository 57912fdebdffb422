/** The models that a tenant file may name, as the model gateway serves them. */

export interface Model {
  readonly name: string;
  readonly input: readonly ("text" | "image")[];
  /** Tokens. */
  readonly contextWindow: number;
  /** Tokens of one answer. */
  readonly maxTokens: number;
}

export const models = {
  "kimi-k3": { name: "Kimi K3", input: ["text", "image"], contextWindow: 262_144, maxTokens: 32_768 },
  "MiniMax-M3": { name: "MiniMax M3", input: ["text"], contextWindow: 204_800, maxTokens: 32_768 },
} as const satisfies Record<string, Model>;

export type ModelId = keyof typeof models;
export const modelIds = Object.keys(models) as [ModelId, ...ModelId[]];
