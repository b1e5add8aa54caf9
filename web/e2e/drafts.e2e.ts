// Making a version file by file in the browser: from an empty form to a published version, and two people at one file.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { newVersion, write } from "./editing";
import { fromSetup, test } from "./world";

const NAME = "drafted-e2e";

const tree = (page: Page) => page.getByRole("tree", { name: "Files" });

/** An entry of the tree, by its path. */
const entry = (page: Page, path: string) => tree(page).locator(`[data-path="${path}"]`);

async function newFile(page: Page, path: string) {
  await page.getByRole("button", { name: /^(plus )?New$/ }).click();
  await page.getByRole("menuitem", { name: "New file" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Path in the package").fill(path);
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("tab", { name: path.split("/").at(-1) ?? "" })).toBeVisible();
}

function packed(): string {
  const folder = join(fromSetup("E2E_FOLDER"), "library");
  mkdirSync(join(folder, "vendor"), { recursive: true });
  writeFileSync(join(folder, "vendor", "words.txt"), "words\n");
  const archive = join(fromSetup("E2E_FOLDER"), "library.tar.gz");
  execFileSync("tar", ["-czf", archive, "-C", folder, "vendor"]);
  return archive;
}

test("a file package is made from an empty form and published", async ({ page }) => {
  await page.goto("/packages/new/file");
  await page.locator("input").and(page.getByLabel("Name", { exact: true })).fill(NAME);
  await page.getByLabel("Version", { exact: true }).fill("1.0.0");
  await page.getByLabel("Description").fill("Made in the browser");
  await page.getByRole("button", { name: "Create the draft" }).click();
  await expect(entry(page, "bin")).toBeVisible();

  await newFile(page, "conf/app.toml");
  await write(page, "conf/app.toml", "name = 'shop'\n");
  await newFile(page, "scripts/start.sh");
  await write(page, "scripts/start.sh", "#!/bin/sh\nexit 0\n");
  await tree(page).locator(".ant-tree-treenode").filter({ has: page.locator('[data-path="scripts"]') }).locator(".ant-tree-switcher").click();
  await entry(page, "scripts/start.sh").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Permissions" }).click();
  await page.getByLabel("In octal").fill("755");
  await page.getByRole("dialog").getByRole("button", { name: "Set" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();

  await entry(page, "lib").click();
  await page.getByRole("button", { name: /^(upload )?Upload$/ }).click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("menuitem", { name: "Unpack an archive here" }).click();
  await (await chooser).setFiles(packed());
  await expect(page.getByText("1 of 1 upload done")).toBeVisible();

  await page.getByRole("button", { name: "Publish…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
  await page.waitForURL(`**/packages/${NAME}*`);
  await expect(page.getByRole("table").getByText("1.0.0").first()).toBeVisible();

  const files = await page.request.get(`/api/v1/packages/${NAME}/versions/1.0.0/tree?limit=100`);
  const paths = ((await files.json()) as { items: { path: string; mode: string }[] }).items.map(({ path, mode }) => `${path} ${mode}`);
  expect(paths).toContain("conf/app.toml 644");
  expect(paths).toContain("scripts/start.sh 755");
  expect(paths).toContain("lib/vendor/words.txt 644");
});

test("two people at one file lose no words", async ({ page, context }) => {
  await page.goto(`/packages/${NAME}`);
  await page.getByRole("button", { name: "New version from 1.0.0" }).click();
  await page.waitForURL("**/drafts/**");
  const address = new URL(page.url());
  address.searchParams.set("file", "conf/app.toml");
  await page.goto(address.href);
  const other = await context.newPage();
  await other.goto(address.href);
  await expect(other.getByLabel("Text of conf/app.toml")).toContainText("shop");

  await write(page, "conf/app.toml", "name = 'first'\n");
  await other.getByLabel("Text of conf/app.toml").click();
  await other.keyboard.press("ControlOrMeta+a");
  await other.keyboard.insertText("name = 'second'\n");
  const conflict = other.getByRole("dialog", { name: "conf/app.toml was changed by somebody else" });
  await expect(conflict).toContainText("first");
  await expect(conflict).toContainText("second");
  await conflict.getByRole("button", { name: "Save the right side" }).click();
  await expect(conflict).toBeHidden();
  await expect(other.locator(".save-state")).toHaveText("All saved");

  const undone = other.waitForResponse((response) => response.url().endsWith("/undo") && response.ok());
  await other.getByRole("button", { name: "Undo" }).click();
  await undone;
  await other.reload();
  await expect(other.getByLabel("Text of conf/app.toml")).toContainText("first");
});

test("the tree is used by keyboard alone", async ({ page }) => {
  await newVersion(page, NAME, "1.0.0");
  await expect(entry(page, "conf")).toBeVisible();
  await tree(page).focus();
  const goTo = async (path: string) => {
    const at = page.locator(".ant-tree-treenode-active [data-path]");
    // As many steps as a person would take, and no more than there are entries.
    for (let step = 0; step < 40 && (await at.getAttribute("data-path")) !== path; step += 1) await page.keyboard.press("ArrowDown");
    await expect(at).toHaveAttribute("data-path", path);
  };
  await goTo("conf");
  await page.keyboard.press("ArrowRight");
  await expect(entry(page, "conf/app.toml")).toBeVisible();
  await goTo("conf/app.toml");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Text of conf/app.toml")).toBeVisible();

  await tree(page).focus();
  await goTo("conf/app.toml");
  await page.keyboard.press("F2");
  await page.getByRole("dialog").getByLabel("Path in the package").fill("conf/shop.toml");
  await page.keyboard.press("Enter");
  await expect(entry(page, "conf/shop.toml")).toBeVisible();

  await tree(page).focus();
  await goTo("conf/shop.toml");
  await page.keyboard.press("Delete");
  await expect(page.getByRole("dialog")).toContainText("conf/shop.toml");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).press("Enter");
  await expect(entry(page, "conf/app.toml")).toHaveClass(/entry-removed/);
});
