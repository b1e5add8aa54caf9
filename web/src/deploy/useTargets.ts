// The hosts that a deployment would be aimed at, and which of them are chosen.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ProblemError } from "../api/problem";
import { allTargets, targetsQuery } from "../api/queries";
import type { TargetQuery, Targets } from "../api/types";
import { ALL, chosenOf, countChosen, only, type Choice } from "./choice";

/** Rows of a page, if nobody says. */
const SIZE = 100;

interface Asked {
  /** Whether enough is said to ask. */
  isAsked: boolean;
  query: TargetQuery;
  cursor: string | undefined;
  limit: string | undefined;
  /** Hosts that an earlier plan named. */
  before: readonly string[];
}

export function useTargets({ isAsked, query, cursor, limit, before }: Asked) {
  const size = Number(limit ?? SIZE);
  const targets = useQuery({ ...targetsQuery(query, { cursor, limit: size }), enabled: isAsked });
  const [choice, setChoice] = useState<Choice>(() => (before.length > 0 ? only(before) : ALL));
  const page = isAsked ? targets.data : undefined;
  /** What to ask for: everything that is meant, in the same words; or else the chosen hosts by name. */
  const settle = async (): Promise<Targets> => {
    if (choice.is === "all" && choice.but.size === 0) return query.targets;
    const hosts = chosenOf(choice, await allTargets(query));
    // No hosts would mean all of them.
    if (hosts.length === 0) throw new ProblemError({ status: 0, code: "no_targets", title: "none of the hosts that are meant is chosen" });
    return { modules: query.targets.modules, hosts };
  };
  return { page, size, cursor, choice, setChoice, settle, selected: page ? countChosen(choice, page) : 0, error: isAsked ? targets.error : null, retry: targets.refetch };
}
