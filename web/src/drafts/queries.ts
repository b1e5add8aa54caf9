// What is read of drafts.

import { queryOptions } from "@tanstack/react-query";

import { get, seg } from "../api/client";
import { getAll } from "../api/queries";
import type { Draft, DraftChange, DraftEntry, DraftLint, DraftManifest, DraftUpload, Page } from "../api/types";

export const draftPath = (id: string, rest = "") => `/drafts/${seg(id)}${rest}`;

/** The address of a file of a draft. */
export const filePath = (id: string, path: string) => draftPath(id, `/files/${path.split("/").map(seg).join("/")}`);

export const draftQuery = (id: string) =>
  queryOptions({
    queryKey: ["drafts", id],
    queryFn: ({ signal }) => get<Draft>(draftPath(id), {}, signal),
  });

/** What lies in a directory of a draft, and what no longer does. */
export const childrenQuery = (id: string, directory: string) =>
  queryOptions({
    queryKey: ["drafts", id, "entries", directory],
    queryFn: ({ signal }) => getAll<DraftEntry>(draftPath(id, "/entries"), { under: directory, depth: "children", show: "all" }, signal),
    placeholderData: (before) => before,
  });

/** What differs from the version that the draft began with. */
export const differencesQuery = (id: string) =>
  queryOptions({
    queryKey: ["drafts", id, "entries", "differences"],
    queryFn: ({ signal }) => get<Page<DraftEntry>>(draftPath(id, "/entries"), { show: "changed", limit: 500 }, signal),
  });

export const manifestQuery = (id: string) =>
  queryOptions({
    queryKey: ["drafts", id, "manifest"],
    queryFn: ({ signal }) => get<DraftManifest>(draftPath(id, "/manifest"), {}, signal),
  });

export const lintQuery = (id: string, revision: number) =>
  queryOptions({
    queryKey: ["drafts", id, "lint", revision],
    queryFn: ({ signal }) => get<DraftLint>(draftPath(id, "/lint"), {}, signal),
  });

/** What was done to a draft, the newest first. */
export const historyQuery = (id: string) =>
  queryOptions({
    queryKey: ["drafts", id, "history"],
    queryFn: ({ signal }) => get<Page<DraftChange>>(draftPath(id, "/changes"), { limit: 50 }, signal),
  });

export const uploadsQuery = (id: string) =>
  queryOptions({
    queryKey: ["drafts", id, "uploads"],
    queryFn: ({ signal }) => get<Page<DraftUpload>>(draftPath(id, "/uploads"), {}, signal),
  });
