// The variables for which a plan was refused, as its problem names them: a line for each place, with the reason and the hosts. Pure.

import type { Problem } from "../api/types";

/** Why a variable comes to nothing, as far as it makes a difference to what a person does about it. */
export type Reason =
  | { is: "none" }
  /** Equally narrow scopes say different things. */
  | { is: "ambiguous"; scopes: string }
  /** It leads to a secret that is not in the vault. */
  | { is: "no_secret"; secret: string }
  /** It is a secret, and stands where it would be seen. */
  | { is: "seen" }
  | { is: "other"; words: string };

export interface UnresolvedUse {
  /** `conf/shop.toml:2`. */
  place: string;
  /** `[@db_host]`. */
  token: string;
  name: string;
  reason: Reason;
  /** The first of them, and how many more, in words. */
  hosts: string;
  firstHost: string;
}

export const UNRESOLVED = "variables_unresolved";

const LINE = /^(.+): (\[.([^\]]+)\]) (.+) on (([^\s,]+).*)$/;

/** The uses that the problem names; nothing if it names them in a way that is not known here. */
export function unresolvedUses({ code, detail }: Problem): UnresolvedUse[] | undefined {
  if (code !== UNRESOLVED || !detail) return undefined;
  const uses: UnresolvedUse[] = [];
  for (const line of detail.split("\n")) {
    const [, place, token, name, words, hosts, firstHost] = LINE.exec(line) ?? [];
    if (place && token && name && words && hosts && firstHost) uses.push({ place, token, name, reason: reasonOf(words), hosts, firstHost });
    else if (line !== "and more") return undefined;
  }
  return uses;
}

function reasonOf(words: string): Reason {
  if (words === "has no value") return { is: "none" };
  const scopes = /^has different values in (.+)$/.exec(words)?.[1];
  if (scopes) return { is: "ambiguous", scopes };
  const secret = /^leads to the secret (\S+), which is not in the vault$/.exec(words)?.[1];
  if (secret) return { is: "no_secret", secret };
  return words.startsWith("is a secret") ? { is: "seen" } : { is: "other", words };
}
