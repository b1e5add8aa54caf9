// Beginning a draft of a new package: its files and its settings are there from the start, or nothing of it is.

import { get, post, put, remove } from "../api/client";
import type { CreateDraft, Draft, DraftManifest, Manifest } from "../api/types";
import { draftPath } from "./queries";
import { sendFile, type NewFile } from "./sendFile";

interface Beginning {
  create: CreateDraft;
  files?: NewFile[];
  /** The settings, made from those that the server began with. */
  manifest: (before: Manifest) => Manifest;
}

/** Begins a draft. One whose files or settings are refused is not left behind. */
export async function begin({ create, files = [], manifest }: Beginning): Promise<Draft> {
  const draft = await post<Draft>("/drafts", create);
  try {
    for (const file of files) await sendFile(draft.id, file, "absent");
    const { manifest: before, digest } = await get<DraftManifest>(draftPath(draft.id, "/manifest"));
    await put(draftPath(draft.id, "/manifest"), { manifest: manifest(before), expect: digest ?? "absent" });
  } catch (error) {
    await remove(draftPath(draft.id));
    throw error;
  }
  return draft;
}

/** What every new package says of itself first. */
export interface NewPackageFields {
  package: string;
  version?: string;
  description?: string;
}

/** The request that begins a draft with nothing in it. */
export const emptyDraft = ({ package: name, version, description }: NewPackageFields, kind: CreateDraft["kind"]): CreateDraft => ({
  package: name.trim(),
  kind: kind ?? null,
  start: { with: "empty" },
  version: version?.trim() || null,
  description: description?.trim() ?? "",
});
