// The storage as whoever keeps it sees it: garbage collected, damage on disk found and named, and mended by pushing again.

import { closeSync, openSync, readdirSync, readSync, statSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { fromSetup, packFiles, pushArchive, test } from "./world";

const NAME = "damaged-e2e";

/** The jobs of the storage, the newest first, below the head of their table. */
const newest = (page: Page) => page.getByRole("row").nth(1);

/** Turns over one byte in the middle of the pack that was written last. */
function damageNewestPack() {
  const folder = join(fromSetup("E2E_FOLDER"), "data", "objects", "packs");
  const packs = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
  const pack = openSync(packs.at(-1) ?? "", "r+");
  const byte = Buffer.alloc(1);
  const at = Math.floor(statSync(packs.at(-1) ?? "").size / 2);
  readSync(pack, byte, 0, 1, at);
  writeSync(pack, Buffer.from([(byte[0] ?? 0) ^ 0xff]), 0, 1, at);
  closeSync(pack);
}

test.describe.serial("the storage", () => {
  test("is looked through for garbage, and then freed of it", async ({ page }) => {
    await page.goto("/storage");
    await page.getByRole("button", { name: "Collect garbage (dry run)" }).click();
    await expect(newest(page)).toContainText("Would free");
    await page.getByRole("button", { name: "Collect garbage…" }).click();
    const question = page.getByRole("dialog", { name: "Collect garbage?" });
    await expect(question).toContainText("that no version, draft or undo needs");
    await question.getByRole("button", { name: "Collect garbage" }).click();
    await expect(newest(page)).toContainText(/^Collect garbage\s*Done/);
    await page.reload();
    await expect(newest(page)).toContainText("Freed");
  });

  test("is verified; what is damaged is named and mended by a push", async ({ page }) => {
    const archive = packFiles(NAME, "1.0.0", { "data.bin": randomBytes(300_000) });
    await pushArchive(page, archive);
    damageNewestPack();
    await page.goto("/storage");
    await page.getByRole("button", { name: "Verify" }).click();
    await expect(page.getByText(/damaged on disk/)).toBeVisible();
    await page.getByRole("button", { name: "Show what is damaged" }).click();
    await expect(page.getByRole("row", { name: new RegExp(`${NAME}@1\\.0\\.0`) })).toContainText("data.bin");

    await pushArchive(page, archive);
    await page.goto("/storage");
    await page.getByRole("button", { name: "Verify" }).click();
    await expect(newest(page)).toContainText("sound");
    await expect(page.getByText(/damaged on disk/)).toHaveCount(0);
  });
});
