// The dictionary by what the sources say: no text that nothing shows, and none that is the same in both languages by oversight.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

import { en } from "./en";
import { zh } from "./zh";

const SOURCES = join(import.meta.dirname, "..");

const source = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path) && !path.startsWith("i18n"))
  .map((path) => readFileSync(join(SOURCES, path), "utf8"))
  .join("\n");

type Texts = { [key: string]: unknown };

const isTexts = (value: unknown): value is Texts => typeof value === "object" && value !== null;

/** Paths of all texts, as `deployment.waits.slot`. */
const paths = (texts: Texts, before = ""): string[] =>
  Object.entries(texts).flatMap(([key, value]) => (isTexts(value) ? paths(value, `${before}${key}.`) : [before + key]));

/** A text is shown when its whole path is written, or when its group is indexed: `t.steps[kind]`. */
function isShown(path: string): boolean {
  const group = path.split(".").slice(0, -1).join(".");
  return new RegExp(`\\bt\\.${path.replaceAll(".", "\\.")}\\b`).test(source) || (group !== "" && source.includes(`t.${group}[`));
}

it("holds no text that nothing shows", () => {
  expect(paths(en).filter((path) => !isShown(path))).toEqual([]);
});

const SAME_ON_PURPOSE = ["product", "hosts.agent", "version.sha256", "version.md5", "version.probes.http"];

it("says in Chinese what it says in English", () => {
  const text = (texts: Texts, path: string) =>
    path.split(".").reduce<unknown>((value, key) => (isTexts(value) ? value[key] : undefined), texts);
  expect(paths(zh)).toEqual(paths(en));
  const same = paths(en).filter((path) => typeof text(en, path) === "string" && text(en, path) === text(zh, path));
  expect(same.filter((path) => !SAME_ON_PURPOSE.includes(path))).toEqual([]);
});
