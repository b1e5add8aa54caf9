// What the check of a configuration file answers.

import type { Finding } from "../api/types";

export type ConfigLanguage = "json" | "yaml" | "toml" | "xml" | "ini" | "properties";

export interface ConfigFinding extends Omit<Finding, "place"> {
  place?: { path: string; line?: number | null; column?: number | null } | null;
}

/** Why something that looks like a variable is taken for something else. */
export type Doubt = "name" | "brackets" | "log_pattern" | "character_class" | "markdown" | "shell_array";

export interface FoundVariable {
  line: number;
  /** Of its bracket, from 1, in UTF-16 code units. */
  column: number;
  /** With its brackets. */
  length: number;
  /** The character behind its bracket: `@`. */
  prefix: string;
  kind: "plain" | "encrypted" | "single_encrypted" | "file";
  name: string;
  doubt?: { kind: Doubt; reason: string } | null;
}

export interface ConfigCheck {
  /** What it was read as; absent if its syntax was not looked at. */
  language?: ConfigLanguage | null;
  findings: ConfigFinding[];
  variables: FoundVariable[];
  doubts: FoundVariable[];
  is_truncated: boolean;
}

/** The names by which people know the languages. */
export const LANGUAGE_NAMES: Record<ConfigLanguage, string> = {
  json: "JSON",
  yaml: "YAML",
  toml: "TOML",
  xml: "XML",
  ini: "INI",
  properties: "properties",
};
