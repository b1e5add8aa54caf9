// Uploads into a draft go on where they stopped: after the connection was cut, and after the page was loaded anew.

import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { fromSetup, test } from "./world";

const PIECES = /\/api\/v1\/drafts\/[^/]+\/uploads\/[^/]+$/;
/** Three pieces and a bit. */
const BYTES = 25 << 20;

function largeFile(name: string): { path: string; sha256: string } {
  const bytes = randomBytes(BYTES);
  const path = join(fromSetup("E2E_FOLDER"), name);
  writeFileSync(path, bytes);
  return { path, sha256: createHash("sha256").update(bytes).digest("hex") };
}

async function beginUpload(page: Page, name: string, file: string) {
  await page.goto("/packages/new/file");
  await page.locator("input").and(page.getByLabel("Name", { exact: true })).fill(name);
  await page.getByRole("button", { name: "Create the draft" }).click();
  await page.getByRole("button", { name: /^(upload )?Upload$/ }).click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("menuitem", { name: "Upload files" }).click();
  await (await chooser).setFiles(file);
}

/** What the server has of a file of the draft that is open. */
async function stored(page: Page, path: string): Promise<string> {
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const answer = await page.request.get(`/api/v1/drafts/${id}/files/${path}`);
  return createHash("sha256").update(await answer.body()).digest("hex");
}

test("an upload goes on by itself after the connection was cut", async ({ page }) => {
  const { path, sha256 } = largeFile("cut.bin");
  let pieces = 0;
  let cut = 0;
  await page.route(PIECES, async (route) => {
    if (route.request().method() !== "PATCH") return route.fallback();
    pieces += 1;
    // The second piece is lost on its way, twice.
    if (pieces !== 2 && pieces !== 3) return route.fallback();
    cut += 1;
    return route.abort("connectionreset");
  });
  await beginUpload(page, "upload-cut-e2e", path);
  await expect(page.getByText("1 of 1 upload done")).toBeVisible();
  expect(cut).toBe(2);
  expect(await stored(page, "cut.bin")).toBe(sha256);
});

test("an upload goes on after a reload, with the file chosen again", async ({ page }) => {
  const { path, sha256 } = largeFile("again.bin");
  let pieces = 0;
  await page.route(PIECES, async (route) => {
    if (route.request().method() !== "PATCH") return route.fallback();
    pieces += 1;
    // After the first piece the line is dead until the page is loaded anew.
    return pieces === 1 ? route.fallback() : route.abort("connectionreset");
  });
  await beginUpload(page, "upload-again-e2e", path);
  await expect.poll(() => pieces).toBeGreaterThan(1);
  await page.reload();
  await page.unroute(PIECES);

  const uploads = page.getByRole("status", { name: "Uploads" });
  await expect(uploads).toContainText("8.39 MB / 26.2 MB");
  let sent = 0;
  await page.route(PIECES, async (route) => {
    if (route.request().method() === "PATCH") sent += 1;
    return route.fallback();
  });
  const chooser = page.waitForEvent("filechooser");
  await uploads.getByRole("button", { name: "Choose the file again and go on" }).click();
  await (await chooser).setFiles(path);
  await expect(page.getByText("1 of 1 upload done")).toBeVisible();
  // What had arrived was not sent again.
  expect(sent).toBe(3);
  expect(await stored(page, "again.bin")).toBe(sha256);
});
