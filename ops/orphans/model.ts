/** A resource that a cloud has. */
export interface Found {
  /** The product's own pair of words for it, `vpc/subnet`. */
  readonly kind: string;
  /** The type of the program's resource; undefined for one that the program makes none of. */
  readonly token: string | undefined;
  /** The id that the state would have. */
  readonly id: string;
  readonly region: string;
  /** Name in the cloud, where it was asked for. */
  readonly name?: string | undefined;
  /** Name in the program. */
  readonly resource?: string | undefined;
  /** The time of its creation, as the cloud writes it. */
  readonly created?: string | undefined;
}

export interface Orphan extends Found {
  /** The command that takes it into the state, or why there is none. */
  readonly import: { readonly command: string } | { readonly impossible: string };
  /** The steps that delete it instead, one a line. */
  readonly delete: readonly string[];
}

/** The parts that could not be examined. */
export interface Gap {
  readonly what: string;
  readonly why: string;
}

export interface Findings {
  readonly orphans: readonly Orphan[];
  /** Made by a resource of the state, such as a node pool's machines, and gone with it. */
  readonly machines: readonly Found[];
  /** The number of those seen that the state has. */
  readonly known: number;
  readonly gaps: readonly Gap[];
}
