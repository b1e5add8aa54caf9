// Versions of a package as people handle them: compared, read, yanked, banned, deleted, and kept where hosts have them.

import { readFileSync } from "node:fs";

import { expect, type Page } from "@playwright/test";

import { HOST, packFiles, PACKAGE, pushArchive, test } from "./world";

const NAME = "compared-e2e";

const row = (page: Page, version: string) => page.getByRole("row", { name: new RegExp(`^${version.replaceAll(".", "\\.")} `) });

/** Opens the menu of a version and takes an item. */
async function take(page: Page, version: string, item: string) {
  await page.getByRole("button", { name: `More for ${version}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

test.describe.serial("versions", () => {
  test("two are compared, file by file, by mouse and by keys", async ({ page }) => {
    const common = { "lib/same.txt": "same\n" };
    await pushArchive(
      page,
      packFiles(NAME, "1.0.0", { ...common, "conf/app.toml": "name = 'shop'\nport = 80\n", "old.txt": "gone\n", "logo.bin": Buffer.from([0, 1, 2]) }),
    );
    await pushArchive(
      page,
      packFiles(NAME, "1.0.1", { ...common, "conf/app.toml": "name = 'shop'\nport = 8080\n", "new.txt": "come\n", "logo.bin": Buffer.from([0, 3, 4]) }),
    );
    await page.goto(`/packages/${NAME}`);
    await page.getByRole("checkbox", { name: "1.0.1" }).check();
    await page.getByRole("checkbox", { name: "1.0.0" }).check();
    await page.getByRole("toolbar").getByRole("link", { name: "Compare" }).click();
    await expect(page).toHaveURL(/compare\?from=1\.0\.0&to=1\.0\.1/);

    const list = page.getByRole("listbox", { name: "Changes" });
    await expect(list.getByRole("option")).toHaveCount(4);
    await expect(page.getByText("3 unchanged")).toBeVisible();
    await list.getByRole("option", { name: "Changed: conf/app.toml" }).click();
    await expect(page.getByLabel("1.0.0 · conf/app.toml")).toContainText("port = 80");
    await expect(page.getByLabel("1.0.1 · conf/app.toml")).toContainText("port = 8080");
    await list.focus();
    await page.keyboard.press("ArrowDown");
    await expect(page.getByText("One of these is no text in UTF-8").first()).toBeVisible();
    await expect(page).toHaveURL(/path=logo\.bin/);
    await page.getByRole("radiogroup", { name: "Kind of change" }).getByText("Added").click();
    await expect(list.getByRole("option")).toHaveCount(1);
    await expect(page.getByLabel("Text of new.txt")).toContainText("come");
    await page.reload();
    await expect(page.getByLabel("Text of new.txt")).toContainText("come");
  });

  test("the files and attributes of one are read", async ({ page }) => {
    await page.goto(`/packages/${NAME}?version=1.0.1`);
    const drawer = page.getByRole("dialog");
    await drawer.getByRole("tab", { name: "Files" }).click();
    await drawer.getByRole("tree").getByText("app.toml").click();
    await expect(drawer.getByLabel("Text of conf/app.toml")).toContainText("port = 8080");
    await drawer.getByRole("tab", { name: "Metadata" }).click();
    await expect(drawer.getByRole("row", { name: /^filename/ })).toContainText(`${NAME}_1.0.1.tar.gz`);
  });

  test("the files of one are downloaded as a zip", async ({ page }) => {
    await page.goto(`/packages/${NAME}`);
    const waiting = page.waitForEvent("download");
    await take(page, "1.0.1", "Download its files as zip");
    const download = await waiting;
    expect(download.suggestedFilename()).toMatch(/\.zip$/);
    // A zip begins with the header of its first entry.
    expect(readFileSync(await download.path()).subarray(0, 4).toString("latin1")).toBe("PK\x03\x04");
  });

  test("one is yanked, taken back, and banned with a reason that the next one reads", async ({ page }) => {
    await page.goto(`/packages/${NAME}`);
    await take(page, "1.0.0", "Yank…");
    await page.getByRole("dialog").getByRole("button", { name: "Yank" }).click();
    await expect(row(page, "1.0.0")).toContainText("Yanked");
    await take(page, "1.0.0", "Un-yank…");
    await page.getByRole("dialog").getByRole("button", { name: "Un-yank" }).click();
    await expect(row(page, "1.0.0")).toContainText("Published");

    await take(page, "1.0.0", "Ban…");
    const question = page.getByRole("dialog");
    await expect(question.getByRole("button", { name: "Ban" })).toBeDisabled();
    await question.getByLabel("Reason").fill("It empties the cart");
    await question.getByRole("button", { name: "Ban" }).click();
    await expect(row(page, "1.0.0")).toContainText("Banned");
    await page.getByRole("link", { name: "1.0.0", exact: true }).click();
    await expect(page.getByRole("dialog")).toContainText("It empties the cart");

    await page.goto(`/packages/${NAME}?state=banned`);
    await expect(row(page, "1.0.0")).toBeVisible();
    await expect(row(page, "1.0.1")).toHaveCount(0);
    await page.getByRole("textbox", { name: "Version, build or description" }).fill("1.0.1");
    await expect(page.getByText("Nothing matches these filters")).toBeVisible();
  });

  test("one that no host has is deleted", async ({ page }) => {
    await page.goto(`/packages/${NAME}`);
    await take(page, "1.0.0", "Delete…");
    const question = page.getByRole("dialog", { name: `Delete ${NAME}@1.0.0?` });
    await question.getByRole("button", { name: "Delete" }).click();
    await expect(row(page, "1.0.0")).toHaveCount(0);
    await expect(row(page, "1.0.1")).toBeVisible();
  });

  test("one that a host has stays, and the host is named", async ({ page }) => {
    await page.goto(`/packages/${PACKAGE}`);
    await take(page, "1.0.0", "Delete…");
    const question = page.getByRole("dialog");
    await expect(question).toContainText("It cannot be deleted: it is on 1 host");
    await expect(question.getByRole("link", { name: HOST })).toBeVisible();
    await expect(question.getByRole("button", { name: "Delete" })).toBeDisabled();
  });

  test("the package is described, found by its tag, and deleted after its name was typed", async ({ page }) => {
    await page.goto(`/packages/${NAME}?tab=settings`);
    await page.getByLabel("Description").fill("Made to be compared");
    await page.getByLabel("Tags").fill("short-lived");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    await page.goto("/packages?tag=short-lived");
    await expect(page.getByRole("row", { name: /Made to be compared/ })).toBeVisible();

    await page.goto(`/packages/${NAME}?tab=settings`);
    await page.getByRole("button", { name: "Delete the package…" }).click();
    const question = page.getByRole("dialog");
    await expect(question).toContainText("1 version goes");
    await expect(question.getByRole("button", { name: "Delete" })).toBeDisabled();
    await question.getByLabel(`Type ${NAME} to go on`).fill(NAME);
    await question.getByRole("button", { name: "Delete" }).click();
    await page.waitForURL("**/packages");
    await expect(page.getByText(NAME, { exact: true })).toHaveCount(0);
  });
});
