// Database targets: how they are changed, and how they are tested.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";

import { get, post, put, remove, seg } from "../api/client";
import type { DatabaseTarget, DatabaseTargetSpec, DatabaseTest } from "../api/types";

const path = (name: string) => `/database-targets/${seg(name)}`;

function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => client.invalidateQueries({ queryKey: ["database-targets"] }) });
}

interface Named {
  name: string;
  spec: DatabaseTargetSpec;
}

export const useNewTarget = () => useChange(({ name, spec }: Named) => post<DatabaseTarget>("/database-targets", { name, ...spec }));

export const useTargetChange = () => useChange(({ name, spec }: Named) => put<DatabaseTarget>(path(name), spec));

export const useTargetRemoval = () => useChange(({ name }: DatabaseTarget) => remove(path(name)));

/** How often it is looked whether the host has answered. */
const PAUSE = 500;

const waits = (test: DatabaseTest | undefined) => test?.state === "waiting";

/** Asks the host of a target to look into the database, and waits for what it finds; once more each time `again` is called. */
export function useTargetTest(name: string) {
  const dialog = useId();
  const [round, setRound] = useState(0);
  // A test that was asked for is another one than the one before: nothing of it is kept, and nothing asks anew by itself.
  const once = { staleTime: Infinity, gcTime: 0, retry: false };
  const key = ["database-test", name, dialog, round];
  const asked = useQuery({ queryKey: [...key, "asked"], queryFn: () => post<DatabaseTest>(`${path(name)}/test`), ...once });
  const answer = useQuery({
    queryKey: [...key, "answer"],
    queryFn: ({ signal }) => get<DatabaseTest>(`${path(name)}/test`, undefined, signal),
    enabled: waits(asked.data),
    refetchInterval: ({ state }) => (!state.data || waits(state.data) ? PAUSE : false),
    ...once,
  });
  const test = answer.data ?? asked.data;
  const error = asked.error ?? answer.error;
  return { test, error, isWaiting: !error && (!test || waits(test)), again: () => setRound((before) => before + 1) };
}
