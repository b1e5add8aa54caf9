// Every code that the server's sources name has Chinese words; its own words are the English ones.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

import { wordsOf } from "../ui/ProblemView";
import { ProblemError } from "../api/problem";
import { en } from "./en";
import { zh } from "./zh";
import { problems } from "./zh/problems";

const CRATES = join(import.meta.dirname, "../../../crates");

const sources = ["server/src", "content/src/archive"]
  .flatMap((folder) => readdirSync(join(CRATES, folder), { recursive: true, encoding: "utf8" }).map((path) => join(CRATES, folder, path)))
  .filter((path) => path.endsWith(".rs"))
  .map((path) => readFileSync(path, "utf8"));

const matches = (pattern: RegExp) => sources.flatMap((source) => [...source.matchAll(pattern)].map(([, found = ""]) => found));

const codes = [
  ...matches(/(?:conflict|invalid|bad_request|forbidden|(?:ApiError|Self)::new)\(\s*(?:(?:http::)?StatusCode::\w+,\s*|rejection\.status\(\),\s*)?"(\w+)"/g),
  ...matches(/not_found\(\s*"([a-z ]+)"/g).map((what) => `${what.replaceAll(" ", "_")}_not_found`),
  ...matches(/"(PKG_\w+)"/g),
];

it("says every code of the server in both languages", () => {
  expect(codes.length).toBeGreaterThan(60);
  expect([...new Set(codes)].filter((code) => !Object.hasOwn(problems, code)).sort()).toEqual([]);
});

const noHost = new ProblemError({ status: 404, code: "host_not_found", title: "there is no host web-9", params: { which: "web-9" } });

it("shows what the problem names, and the server's own words with them", () => {
  expect(wordsOf(noHost, zh)).toMatchObject({ title: "没有主机 web-9", original: "there is no host web-9" });
  expect(wordsOf(noHost, en)).toMatchObject({ title: "there is no host web-9" });
});

it("falls back on the server's words for what it does not know", () => {
  const strange = new ProblemError({ status: 409, code: "from_a_newer_server", title: "something new" });
  expect(wordsOf(strange, zh)).toMatchObject({ title: "something new" });
  const nameless = new ProblemError({ status: 422, code: "host_not_failed", title: "web-1 is not one of them" });
  expect(wordsOf(nameless, zh)).toMatchObject({ title: "web-1 is not one of them" });
});
