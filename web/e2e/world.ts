// What the tests have in common: the names of their world, a signed-in page, and a package that they make themselves.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { expect, test as base, type Page } from "@playwright/test";

export const HOST = "web-1";
export const MODULE = "Shop/Production/Web";
export const PACKAGE = "shop-e2e";

/** Where the signed-in browser's cookies are kept. */
export const sessionFile = (folder: string) => join(folder, "session.json");

export function fromSetup(name: "E2E_URL" | "E2E_USER" | "E2E_PASSWORD" | "E2E_FOLDER"): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is set by e2e/setup.ts`);
  return value;
}

/** A page at the server's address, with nobody signed in. */
export const anonymous = base.extend({
  baseURL: async ({}, give) => give(fromSetup("E2E_URL")),
});

/** A page at the server's address, signed in. */
export const test = anonymous.extend({
  storageState: async ({}, give) => give(sessionFile(fromSetup("E2E_FOLDER"))),
});

const MANIFEST = `description = "A package of the console's tests"

[[health]]
command = "scripts/health.sh"
within = 3
`;

/** Packs a version whose start script writes a line, and whose health check holds or does not. */
export function packVersion(version: string, health: "healthy" | "unhealthy"): string {
  const folder = join(fromSetup("E2E_FOLDER"), `${PACKAGE}-${version}`);
  mkdirSync(join(folder, "scripts"), { recursive: true });
  const script = (name: string, line: string) =>
    writeFileSync(join(folder, "scripts", name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  script("start.sh", `echo "${PACKAGE} ${version} starts"`);
  script("stop.sh", `echo "${PACKAGE} ${version} stops"`);
  script("health.sh", health === "healthy" ? "exit 0" : "exit 1");
  writeFileSync(join(folder, "packhorse.toml"), MANIFEST);
  const archive = join(fromSetup("E2E_FOLDER"), `${PACKAGE}_${version}.tar.gz`);
  execFileSync("tar", ["-czf", archive, "-C", folder, "."]);
  return archive;
}

/** Packs files, by their paths, into an archive whose name says package and version. */
export function packFiles(name: string, version: string, files: Record<string, string | Buffer>): string {
  const folder = join(fromSetup("E2E_FOLDER"), `${name}-${version}`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const archive = join(fromSetup("E2E_FOLDER"), `${name}_${version}.tar.gz`);
  execFileSync("tar", ["-czf", archive, "-C", folder, "."]);
  return archive;
}

/** Sends an archive past the console, for tests that begin with what was pushed before. */
export async function pushArchive(page: Page, archive: string) {
  const reply = await page.request.post(`/api/v1/uploads?file_name=${basename(archive)}`, {
    headers: { "Content-Type": "application/octet-stream", "Sec-Fetch-Site": "same-origin", "Idempotency-Key": `${archive} ${Date.now()}` },
    data: readFileSync(archive),
  });
  expect(reply.ok(), await reply.text()).toBe(true);
}
