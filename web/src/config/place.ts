// Where a configuration file goes on a host, as a form has it. Pure.

import type { ConfigFile } from "../api/types";

export interface PlaceFields {
  file: string;
  target: string;
  owner?: string | null | undefined;
  mode?: string | null | undefined;
}

/** The entry of packhorse.toml: what was not filled in is not said. */
export function placed({ file, target, owner, mode }: PlaceFields): ConfigFile {
  return {
    file: file.trim(),
    target: target.trim(),
    ...(owner?.trim() ? { owner: owner.trim() } : {}),
    ...(mode?.trim() ? { mode: mode.trim() } : {}),
  };
}

/** Whether two entries say the same. */
export const isSamePlace = (a: ConfigFile, b: ConfigFile) =>
  a.target === b.target && (a.owner ?? "") === (b.owner ?? "") && (a.mode ?? "") === (b.mode ?? "");
