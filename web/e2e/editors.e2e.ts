// Configuration, scripts and database packages, each from an empty form to published, in the editor of its kind.

import { expect, type Page } from "@playwright/test";

import { newVersion, publish, publishRefused, write } from "./editing";
import { test } from "./world";

const mark = (page: Page, severity: "error" | "warning") => page.locator(`.cm-lint-marker-${severity}`);

async function begin(page: Page, what: string, name: string) {
  await page.goto("/packages");
  await page.getByRole("button", { name: /Create/ }).first().click();
  await page.getByRole("menuitem", { name: what }).click();
  await page.waitForURL("**/packages/new/*");
  await page.locator("input").and(page.getByLabel("Name", { exact: true })).fill(name);
}

test.describe.serial("configuration", () => {
  const NAME = "conf-e2e";

  test("is made of two files with their places", async ({ page }) => {
    await begin(page, "Configuration", NAME);
    await page.getByLabel("File in the package").fill("shop.yaml");
    await page.getByLabel("Target on the host").fill("/etc/shop/shop.yaml");
    await page.getByLabel("Mode").fill("640");
    await page.getByRole("button", { name: "Create the draft" }).click();
    await write(page, "shop.yaml", 'host: [@db_ip]\n\tport: 8080\npattern: "[%thread]"\n');
    const found = page.getByLabel("Variables");
    await expect(found).toContainText("CONFIG_SYNTAX");
    await expect(found).toContainText("[%thread] it is a conversion of a log pattern");
    await expect(mark(page, "warning")).toBeVisible();
    await write(page, "shop.yaml", "host: [@db_ip]\nport: 8080\n");
    await expect(found).toContainText("Read as YAML: nothing is wrong with it.");
    await expect(found.getByRole("button", { name: "db_ip, Line 1" })).toBeVisible();

    await page.getByRole("button", { name: "Add a file" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("File in the package").fill("log.properties");
    await dialog.getByLabel("Target on the host").fill("/etc/shop/log.properties");
    await dialog.getByRole("button", { name: "Create" }).click();
    await write(page, "log.properties", "level=info\n");
    await page.getByLabel("Owner").fill("shop:shop");
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name: "Undo" })).toBeEnabled();

    await publish(page, NAME, "1.0.0");
    const detail = (await (await page.request.get(`/api/v1/packages/${NAME}/versions/1.0.0`)).json()) as { manifest: { config: unknown } };
    expect(detail.manifest.config).toEqual([
      { file: "shop.yaml", target: "/etc/shop/shop.yaml", mode: "640" },
      { file: "log.properties", target: "/etc/shop/log.properties", owner: "shop:shop" },
    ]);
  });

  test("is edited beside the version before", async ({ page }) => {
    await newVersion(page, NAME, "1.0.0");
    await write(page, "shop.yaml", "host: [@db_ip]\nport: 9090\n");
    await page.getByRole("combobox", { name: "Compare with a version" }).click();
    await page.getByTitle("1.0.0", { exact: true }).click();
    await expect(page.getByLabel("1.0.0", { exact: true })).toContainText("port: 8080");
    await expect(page.getByLabel("this draft")).toContainText("port: 9090");
    await publish(page, NAME, "1.1.0");
  });
});

test.describe.serial("a script", () => {
  const NAME = "script-e2e";

  test("that trips a danger rule is marked at its line and refused", async ({ page }) => {
    await begin(page, "Script", NAME);
    await page.getByRole("button", { name: "Create the draft" }).click();
    await write(page, "run.sh", "#!/bin/bash\nset -eu\nrm -rf /\n");
    const found = page.getByLabel("Danger rules");
    await expect(found).toContainText("A package with this script is refused");
    await found.getByRole("button", { name: "Line 3" }).click();
    await expect(mark(page, "error")).toBeVisible();

    await publishRefused(page, "1.0.0", "rm-root");
  });

  test("has typed parameters and secrets, and compares with what it was", async ({ page }) => {
    await page.goto("/drafts");
    await page.getByRole("link", { name: NAME }).click();
    await write(page, "run.sh", '#!/bin/bash\nset -eu\nrm -rf "$TARGET_DIR"/tmp\n');
    await page.getByRole("button", { name: "Add a parameter" }).click();
    await page.getByLabel("Name", { exact: true }).fill("target-dir");
    await page.getByLabel("Default").fill("/srv/shop");
    await page.getByRole("button", { name: "Add a parameter" }).click();
    await page.getByLabel("Name", { exact: true }).nth(1).fill("password");
    await page.getByLabel("Type").nth(1).click();
    await page.getByTitle("secret").click();
    await expect(page.getByLabel("Default").nth(1)).toBeDisabled();
    await expect(page.locator(".save-state")).toHaveText("All saved");

    await publish(page, NAME, "1.0.0");
    const detail = (await (await page.request.get(`/api/v1/packages/${NAME}/versions/1.0.0`)).json()) as { manifest: { script: { parameter: unknown } } };
    expect(detail.manifest.script.parameter).toMatchObject([
      { name: "TARGET_DIR", type: "text", default: "/srv/shop" },
      { name: "PASSWORD", type: "secret" },
    ]);

    await newVersion(page, NAME, "1.0.0");
    await write(page, "run.sh", "#!/bin/bash\nset -eu\ntrue\n");
    await page.getByRole("combobox", { name: "Compare with a version" }).click();
    await page.getByTitle("1.0.0", { exact: true }).click();
    await expect(page.getByLabel("1.0.0", { exact: true })).toContainText("TARGET_DIR");
  });
});

test.describe.serial("a database package", () => {
  const NAME = "editors-e2e-db";

  test("begins with a full load", async ({ page }) => {
    await begin(page, "Database package", NAME);
    await page.getByRole("button", { name: "Create the draft" }).click();
    await write(page, "full-load/1_fullload.sql", "CREATE TABLE item (id INT);\nINSERT INTO item VALUES (1);\n");
    const found = page.getByLabel("2 statements");
    await expect(found).toContainText("CREATE TABLE");
    await found.getByRole("button", { name: /^INSERT/ }).click();

    await write(page, "full-load/1_fullload.sql", "CREATE TABLE item (id INT);\nGRANT ALL ON *.* TO x;\n");
    await expect(page.getByText("A package with this file is refused")).toBeVisible();
    await expect(mark(page, "error")).toBeVisible();
    await write(page, "full-load/1_fullload.sql", "CREATE TABLE item (id INT);\n");
    await publish(page, NAME, "1.0.0");
  });

  test("is refused without a rollback, and shows the chain with it", async ({ page }) => {
    await newVersion(page, NAME, "1.0.0");
    await page.getByRole("button", { name: /Add a file/ }).click();
    await page.getByRole("menuitem", { name: "Increment and rollback" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await write(page, "increment/1.0.0_increment.sql", "ALTER TABLE item ADD name TEXT;\n");
    await page.getByRole("button", { name: "back increment/1.0.0_rollback.sql" }).click();
    await write(page, "increment/1.0.0_rollback.sql", "ALTER TABLE item DROP COLUMN name;\n");

    // Taken away in the tree, it is missing.
    await page.getByText("Files", { exact: true }).click();
    await page.locator('[data-path="increment"]').dblclick();
    await page.locator(".ant-tree-treenode", { has: page.locator('[data-path="increment"]') }).locator(".ant-tree-switcher").click();
    await page.locator('[data-path="increment/1.0.0_rollback.sql"]').click({ button: "right" });
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("SQL", { exact: true }).click();
    await expect(page.getByText("The rollback is missing: this is refused")).toBeVisible();

    await publishRefused(page, "1.1.0", "DB_ROLLBACK_MISSING");

    await page.getByRole("button", { name: "Add it" }).click();
    await write(page, "increment/1.0.0_rollback.sql", "ALTER TABLE item DROP COLUMN name;\n");
    await publish(page, NAME, "1.1.0");
    await newVersion(page, NAME, "1.1.0");
    const chain = page.locator("section", { has: page.getByRole("heading", { name: "From version to version" }) });
    await chain.getByRole("combobox", { name: "From" }).click();
    await page.getByTitle("1.0.0", { exact: true }).click();
    await expect(chain).toContainText("1.0.0 → 1.1.0");
    await expect(chain).toContainText("1.1.0 → 1.0.0");
  });
});
