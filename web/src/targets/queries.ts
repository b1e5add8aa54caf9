// Database targets: how they are changed.

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { post, put, remove, seg } from "../api/client";
import type { DatabaseTarget, DatabaseTargetSpec } from "../api/types";

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
