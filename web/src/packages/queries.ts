// What is read of packages beside their versions.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { get, getText, post, put, queryText, remove, seg } from "../api/client";
import { partsQuery } from "../api/parts";
import { getAll } from "../api/queries";
import type { Binding, PackageRetention, PackageSummary, RetentionPreview, RetentionRule, SiteRetention } from "../api/types";

export const packagePath = (name: string, rest = "") => `/packages/${seg(name)}${rest}`;

/** A package, and the tag that says in which state of its texts it was read. */
export const editQuery = (name: string) =>
  queryOptions({
    queryKey: ["packages", name, "edit"],
    queryFn: async ({ signal }) => {
      const { text, headers } = await getText(packagePath(name), {}, signal);
      return { summary: JSON.parse(text) as PackageSummary, tag: headers.get("ETag") ?? "*" };
    },
    // What a person writes is not exchanged under their hands.
    staleTime: Infinity,
    gcTime: 0,
  });

export const retentionQuery = (name: string) =>
  queryOptions({
    queryKey: ["packages", name, "retention"],
    queryFn: ({ signal }) => get<PackageRetention>(packagePath(name, "/retention"), {}, signal),
  });

export const siteRetentionQuery = queryOptions({
  queryKey: ["retention"],
  queryFn: ({ signal }) => get<SiteRetention>("/retention", {}, signal),
});

/** What a rule would do to the versions of a package; the rule that holds if none is given. `asked` tells one trial from another. */
export const previewQuery = (name: string, rule: RetentionRule | undefined, asked: number) =>
  partsQuery(["packages", name, "preview", asked], (cursor) =>
    post<RetentionPreview>(packagePath(name, `/retention/preview${queryText({ cursor, limit: 100 })}`), rule ? { rule } : {}),
  );

/** The modules to which a package may be deployed. */
export const bindingsQuery = (name: string) =>
  queryOptions({
    queryKey: ["bindings", name],
    queryFn: ({ signal }) => getAll<Binding>(packagePath(name, "/bindings"), {}, signal),
    enabled: name !== "",
  });

function useBindingChange(change: (module: string) => Promise<void>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => client.invalidateQueries({ queryKey: ["bindings"] }) });
}

const bindingPath = (name: string, module: string) => packagePath(name, `/bindings/${seg(module)}`);

export const useBind = (name: string) => useBindingChange((module) => put<void>(bindingPath(name, module), null));

export const useUnbind = (name: string) => useBindingChange((module) => remove(bindingPath(name, module)));
