// A database: made known in the console, filled by a package, brought further along the chain, and taken back. In both languages and themes.

import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { findings, LOOKS, picture, wear } from "./looks";
import { field, folder, question, word, WORDS, yes, type Words } from "./rolling";
import { HOST, MODULE, packFiles, pushArchive, test } from "./world";

const VERSIONS: Record<string, Record<string, string>> = {
  "1.0.0": { "full-load/1_fullload.sql": "CREATE TABLE item (id INT);\nINSERT INTO item VALUES (1);\n" },
  "1.1.0": { "increment/1.0.0_increment.sql": "CREATE TABLE bill (id INT);\n", "increment/1.0.0_rollback.sql": "DROP TABLE bill;\n" },
  "1.2.0": { "increment/1.1.0_increment.sql": "CREATE TABLE tax (id INT);\n", "increment/1.1.0_rollback.sql": "DROP TABLE tax;\n" },
};

/** Plans, confirms, and waits for the end. */
async function deploy(page: Page, t: Words, name: string, version: string, shows: readonly string[]) {
  await page.goto(`/deploy?package=${name}&version=${version}&modules=${encodeURIComponent(MODULE)}`);
  await expect(page.getByText(t.deploy.selectedOf(1, 1)).first()).toBeVisible();
  await picture(page, `deploy-${name}-${version}`);
  await page.getByRole("button", { name: t.deploy.makePlan, exact: true }).click();
  await page.waitForURL("**/plans/*");
  for (const script of shows) await expect(page.getByText(script).first()).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await picture(page, `plan-${name}-${version}`);
  await page.getByRole("button", { name: `${t.plan.confirmAction.deploy} · ${t.common.hosts(1)}` }).click();
  await page.waitForURL("**/deployments/*");
  await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();
}

test.describe.serial("databases", () => {
  test.describe.configure({ timeout: 180_000 });

  for (const look of LOOKS) {
    const t = WORDS[look.language];
    const name = `till-${look.language}-db`;
    const target = `till-${look.language}`;

    test(`one is made known, filled, brought further, and taken back, ${look.language}`, async ({ page }) => {
      await wear(page, look);
      for (const [version, files] of Object.entries(VERSIONS)) {
        await pushArchive(page, packFiles(name, version, { "packhorse.toml": '[database]\nengine = "sqlite"\n', ...files }));
      }
      // Without a database there is nothing to deploy to, and the page says where to begin.
      await page.goto(`/deploy?package=${name}&version=1.0.0&modules=${encodeURIComponent(MODULE)}`);
      await expect(page.getByText(t.aim.noDatabases)).toBeVisible();
      await page.getByRole("main").getByRole("link", { name: t.targets.title }).click();

      await page.getByRole("button", { name: t.targets.add }).first().click();
      const dialog = question(page);
      await field(page, t.targets.name).fill(target);
      await dialog.getByLabel(t.database.engine, { exact: true }).click();
      await page.getByTitle(t.database.engines.sqlite, { exact: true }).click();
      await dialog.getByLabel(t.values.chooseWhich.module, { exact: true }).click();
      await page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: "Production" }).first().click();
      await dialog.getByLabel(t.values.chooseWhich.host, { exact: true }).click();
      await page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: HOST }).first().click();
      await field(page, t.targets.file).fill(join(folder(), `${target}.db`));
      expect(await findings(page)).toEqual([]);
      await picture(page, `database-target-${look.language}`);
      await yes(page, t.values.save);
      const row = page.getByRole("row", { name: new RegExp(target) });
      await expect(row).toContainText(t.targets.neverLooked);

      // The host looks into the database, where there is nothing yet.
      await row.getByRole("button", { name: t.targets.testOf(target) }).click();
      await expect(question(page).getByText(t.targets.usable)).toBeVisible();
      await expect(question(page).getByText(t.targets.noLedger)).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await picture(page, `database-test-${look.language}`);
      await question(page).getByRole("button", { name: t.common.close, exact: true }).last().click();

      await deploy(page, t, name, "1.0.0", ["full-load/1_fullload.sql"]);
      await page.goto("/database-targets");
      await expect(row).toContainText("1.0.0");
      await deploy(page, t, name, "1.2.0", ["increment/1.0.0_increment.sql", "increment/1.1.0_increment.sql"]);

      await word(page, t.deployment.interventions.rollback).click();
      await page.waitForURL("**/plans/*");
      await page.getByRole("button", { name: `${t.plan.confirmAction.rollback} · ${t.common.hosts(1)}` }).click();
      await page.waitForURL("**/deployments/*");
      await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();
      await page.goto("/database-targets");
      await expect(row).toContainText("1.0.0");

      await page.getByRole("button", { name: t.vault.removeTitle(target) }).click();
      await question(page).getByRole("button", { name: t.common.remove, exact: true }).click();
      await expect(row).toHaveCount(0);
    });
  }
});
