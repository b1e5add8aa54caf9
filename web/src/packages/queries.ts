// What is read of packages beside their versions.

import { queryOptions } from "@tanstack/react-query";

import { get, getText, post, queryText, seg } from "../api/client";
import { partsQuery } from "../api/parts";
import type { PackageRetention, PackageSummary, RetentionPreview, RetentionRule, SiteRetention } from "../api/types";

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
