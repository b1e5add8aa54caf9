// Guard rails and named strategies: what is read of them, and how they are changed.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { get, post, put, remove, seg } from "../api/client";
import type { EnvironmentRules, Freeze, Lock, NamedStrategy, Page, Strategy } from "../api/types";

const MOST = 500;

export const environmentsQuery = queryOptions({
  queryKey: ["guards", "environments"],
  queryFn: ({ signal }) => get<EnvironmentRules[]>("/environments", {}, signal),
});

export const strategiesQuery = queryOptions({
  queryKey: ["strategies", "choices"],
  queryFn: ({ signal }) => get<Page<NamedStrategy>>("/strategies", { limit: MOST }, signal),
});

function useChange<Input, Output>(noun: string, change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => client.invalidateQueries({ queryKey: [noun] }) });
}

export const useSetEnvironment = () =>
  useChange("guards", ({ environment, ...rules }: Pick<EnvironmentRules, "environment" | "approvals" | "max_concurrent">) =>
    put<EnvironmentRules>(`/environments/${environment}`, rules),
  );

export type NewFreeze = Pick<Freeze, "name" | "scope" | "schedule" | "message">;

export const useSetFreeze = () => useChange("freezes", ({ name, ...freeze }: NewFreeze) => put<Freeze>(`/freezes/${seg(name)}`, freeze));

export const useFreezeRemoval = () => useChange("freezes", ({ name }: Freeze) => remove(`/freezes/${seg(name)}`));

export const useAddLock = () => useChange("locks", (lock: Pick<Lock, "scope" | "message">) => post<Lock>("/locks", lock));

export const useLockRemoval = () => useChange("locks", ({ id }: Lock) => remove(`/locks/${seg(id)}`));

export type NewStrategy = Pick<NamedStrategy, "name" | "environment" | "description" | "is_default"> & { strategy: Partial<Strategy> };

export const useSetStrategy = () => useChange("strategies", ({ name, ...one }: NewStrategy) => put<NamedStrategy>(`/strategies/${seg(name)}`, one));

export const useStrategyRemoval = () => useChange("strategies", ({ name }: NamedStrategy) => remove(`/strategies/${seg(name)}`));
