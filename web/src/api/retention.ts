// Which versions are deleted by themselves, by the names of crates/model's `api::retention`.

import type { VersionState } from "./types";

/** Each part keeps some versions; what none of them keeps is deleted. */
export interface RetentionRule {
  keep_last?: number | null;
  keep_last_deployed?: number | null;
  keep_used_days?: number | null;
  keep_tags?: string[];
}

export interface StoredRetention {
  /** Null keeps every version. */
  rule: RetentionRule | null;
  updated_by: string;
  updated_at: string;
}

export interface SiteRetention {
  stored: StoredRetention | null;
  applied_at: string | null;
}

export type RetentionSource = "package" | "site" | "nobody";

export interface PackageRetention {
  source: RetentionSource;
  rule: RetentionRule | null;
  own: StoredRetention | null;
  site: StoredRetention | null;
}

export type KeptBecause =
  | "instances"
  | "rollback_target"
  | "open_deployment"
  | "protected"
  | "draft_base"
  | "banned"
  | "database_chain"
  | "latest"
  | "fresh"
  | "no_rule"
  | "keep_last"
  | "keep_last_deployed"
  | "keep_used_days"
  | "keep_tags";

export interface VersionFate {
  id: string;
  version: string;
  state: VersionState;
  created_at: string;
  deployed_at: string | null;
  instances: number;
  new_bytes: number;
  /** Null if the version would be deleted. */
  kept_because: KeptBecause | null;
}

export interface RetentionPreview {
  rule: RetentionRule | null;
  kept: number;
  deleted: number;
  deleted_bytes: number;
  items: VersionFate[];
  next?: string | null;
  total: number;
}
