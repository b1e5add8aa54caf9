// Secrets of the vault: what is said of them, and how they are changed. What they say never comes back.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { get, post, put, remove, seg } from "../api/client";
import type { AuditEntry, NewSecret, Page, Secret, SecretChange } from "../api/types";

/** The secrets among which a person chooses. */
const MOST = 500;
/** Changes of a secret that are shown. */
const CHANGES = 50;

const path = (name: string) => `/vault/secrets/${seg(name)}`;

export const secretQuery = (name: string) =>
  queryOptions({
    queryKey: ["secrets", name],
    queryFn: ({ signal }) => get<Secret>(path(name), {}, signal),
  });

export const secretChoicesQuery = queryOptions({
  queryKey: ["secrets", "choices"],
  queryFn: ({ signal }) => get<Page<Secret>>("/vault/secrets", { limit: MOST }, signal),
});

/** What the audit log says was done to a secret, newest first. */
export const secretChangesQuery = (name: string) =>
  queryOptions({
    queryKey: ["secrets", name, "changes"],
    queryFn: async ({ signal }) => {
      const { items } = await get<Page<AuditEntry>>("/audit", { object: name, limit: CHANGES }, signal);
      return items.filter(({ action }) => action.startsWith("secret."));
    },
  });

function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    // Nothing that was typed is kept in the memory of the page.
    gcTime: 0,
    onSettled: () => client.invalidateQueries({ queryKey: ["secrets"] }),
  });
}

export const useNewSecret = () => useChange((secret: NewSecret) => post<Secret>("/vault/secrets", secret));

export const useSecretChange = () => useChange(({ name, ...change }: SecretChange & { name: string }) => put<Secret>(path(name), change));

export const useSecretRemoval = () => useChange((name: string) => remove(path(name)));
