// The languages that editors know, by the names that the server and files use. Each grammar is loaded when a text needs it.

import { StreamLanguage, type LanguageSupport, type StreamParser } from "@codemirror/language";
import type { Extension } from "@codemirror/state";

type Grammar = () => Promise<Extension>;

const stream =
  (load: () => Promise<StreamParser<unknown>>): Grammar =>
  async () =>
    StreamLanguage.define(await load());

const whole =
  (load: () => Promise<() => LanguageSupport>): Grammar =>
  async () =>
    (await load())();

const shell = stream(async () => (await import("@codemirror/legacy-modes/mode/shell")).shell);

const GRAMMARS = {
  shell,
  python: whole(async () => (await import("@codemirror/lang-python")).python),
  perl: stream(async () => (await import("@codemirror/legacy-modes/mode/perl")).perl),
  powershell: stream(async () => (await import("@codemirror/legacy-modes/mode/powershell")).powerShell),
  json: whole(async () => (await import("@codemirror/lang-json")).json),
  yaml: whole(async () => (await import("@codemirror/lang-yaml")).yaml),
  toml: stream(async () => (await import("@codemirror/legacy-modes/mode/toml")).toml),
  xml: whole(async () => (await import("@codemirror/lang-xml")).xml),
  html: whole(async () => (await import("@codemirror/lang-html")).html),
  css: whole(async () => (await import("@codemirror/lang-css")).css),
  javascript: whole(async () => (await import("@codemirror/lang-javascript")).javascript),
  java: whole(async () => (await import("@codemirror/lang-java")).java),
  markdown: whole(async () => (await import("@codemirror/lang-markdown")).markdown),
  properties: stream(async () => (await import("@codemirror/legacy-modes/mode/properties")).properties),
  nginx: stream(async () => (await import("@codemirror/legacy-modes/mode/nginx")).nginx),
  dockerfile: stream(async () => (await import("@codemirror/legacy-modes/mode/dockerfile")).dockerFile),
  sql: async () => (await import("@codemirror/lang-sql")).sql(),
  postgres: async () => {
    const { sql, PostgreSQL } = await import("@codemirror/lang-sql");
    return sql({ dialect: PostgreSQL });
  },
  mysql: async () => {
    const { sql, MariaSQL } = await import("@codemirror/lang-sql");
    return sql({ dialect: MariaSQL });
  },
  sqlite: async () => {
    const { sql, SQLite } = await import("@codemirror/lang-sql");
    return sql({ dialect: SQLite });
  },
} satisfies Record<string, Grammar>;

/** A language that an editor colours; `text` is none. */
export type EditorLanguage = keyof typeof GRAMMARS | "text";

const BY_EXTENSION: Record<string, EditorLanguage> = {
  sh: "shell",
  bash: "shell",
  env: "shell",
  py: "python",
  pl: "perl",
  pm: "perl",
  ps1: "powershell",
  json: "json",
  yaml: "yaml",
  yml: "yaml",
  toml: "toml",
  xml: "xml",
  html: "html",
  htm: "html",
  css: "css",
  js: "javascript",
  mjs: "javascript",
  ts: "javascript",
  java: "java",
  md: "markdown",
  ini: "properties",
  properties: "properties",
  cfg: "properties",
  conf: "properties",
  service: "properties",
  sql: "sql",
};

/** What a file's name says of its language. */
export function languageOf(path: string): EditorLanguage {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (name === "dockerfile") return "dockerfile";
  if (name === "nginx.conf") return "nginx";
  return BY_EXTENSION[name.slice(name.lastIndexOf(".") + 1)] ?? "text";
}

/** What colours a text; nothing where there is no grammar. */
export async function grammarOf(language: EditorLanguage): Promise<Extension> {
  return language === "text" ? [] : GRAMMARS[language]();
}
