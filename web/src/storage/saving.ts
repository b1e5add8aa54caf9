// What deduplication and compression save. Pure.

import type { StorageStats } from "../api/types";

export interface Saving {
  /** Bytes on disk. */
  stored: number;
  /** The part of the content that takes no room, from 0 to 1; undefined if there is no content. */
  saved: number | undefined;
}

export function savingOf({ content_bytes, pack_bytes, original_bytes }: StorageStats): Saving {
  const stored = pack_bytes + original_bytes;
  return { stored, saved: content_bytes === 0 ? undefined : Math.max(0, 1 - stored / content_bytes) };
}
