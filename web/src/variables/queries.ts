// Values of variables: what is read of them, and how they are changed.

import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { get, put, remove, seg } from "../api/client";
import { getAll } from "../api/queries";
import type { AffectedInstance, Explanation, Page, SetVariable, Variable } from "../api/types";

/** Instances that are looked at in one request. */
const PART = 500;

/** What a variable comes to for a package on a host. */
export const explanationQuery = (name: string, pkg: string, host: string) =>
  queryOptions({
    queryKey: ["variables", "explain", name, pkg, host],
    queryFn: ({ signal }) => get<Explanation>("/variables/explain", { name, package: pkg, host }, signal),
  });

interface Which {
  name: string | undefined;
  package: string | undefined;
}

/** Instances that have yet to get the values of now, part by part. A part may hold none and still have one behind it. */
export const affectedQuery = ({ name, package: pkg }: Which) =>
  infiniteQueryOptions({
    queryKey: ["variables", "affected", name, pkg],
    queryFn: ({ signal, pageParam }) =>
      get<Page<AffectedInstance>>("/variables/affected", { name, package: pkg, cursor: pageParam, limit: PART }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    // It is looked at anew each time that it is opened.
    staleTime: 0,
    gcTime: 0,
  });

/** The hosts on which this version of a package has yet to get the values of now: all of them. */
export async function affectedHosts(pkg: string, version: string): Promise<string[]> {
  const all = await getAll<AffectedInstance>("/variables/affected", { package: pkg });
  return all.filter((one) => one.version === version).map(({ host }) => host);
}

function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ["variables"] }), client.invalidateQueries({ queryKey: ["secrets"] })]),
  });
}

export const useSetVariable = () => useChange((input: SetVariable) => put<Variable>("/variables", input));

export const useVariableRemoval = () => useChange(({ id }: Variable) => remove(`/variables/${seg(id)}`));

/** The value that a variable has in a scope, if it has one there. */
export const valueInQuery = (name: string, scope: string) =>
  queryOptions({
    queryKey: ["variables", "in", scope, name],
    queryFn: async ({ signal }) => {
      const found = await get<Page<Variable>>("/variables", { scope, name, limit: PART }, signal);
      return found.items.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? null;
    },
  });
