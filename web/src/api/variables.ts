// The variables of a version, by the names of crates/model's `api::variables`.

export interface FoundVariable {
  path?: string;
  /** Counted from 1, as is the column. */
  line: number;
  column: number;
  length: number;
  prefix: string;
  kind: string;
  name: string;
  /** Why it is left as it is. */
  doubt?: { kind: string; reason: string } | null;
}

/** Variables, or what only looks like one. */
export type Certainty = "variables" | "doubts";
