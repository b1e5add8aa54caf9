// Several packages in one deployment: added on the page, planned in order, on a host at which one of them fails taken back together, and after the
// end taken back everywhere as one. In both languages and both themes.

import { rmSync, writeFileSync } from "node:fs";

import { expect, type Page } from "@playwright/test";

import { call, FLEET, FLEET_MODULE, test } from "./fleet";
import { findings, LOOKS, picture, wear } from "./looks";
import { packTrapped, say, trap, WORDS, yes } from "./rolling";
import { packFiles, pushArchive } from "./world";

const [FIRST = "", SECOND = ""] = FLEET;

/** The versions of a package by host. */
async function versions(page: Page, name: string): Promise<Record<string, string>> {
  const { items } = await call<{ items: { host_name: string; version: string }[] }>(page.request, "GET", `/instances?package=${name}`);
  return Object.fromEntries(items.map(({ host_name: host, version }) => [host, version]));
}

for (const look of LOOKS) {
  const t = WORDS[look.language];
  const [conf, web] = [`pair-conf-${look.language}`, `pair-web-${look.language}`];

  test.describe.serial(`several packages, ${look.language}`, () => {
    test.describe.configure({ timeout: 180_000 });

    test.beforeEach(({ page }) => wear(page, look));

    test("are planned together, and a host gets all of them or none", async ({ page }) => {
      await pushArchive(page, packFiles(conf, "1.0.0", { "conf/app.toml": "port = 80\n" }));
      await pushArchive(page, packTrapped(web, "1.0.0"));
      for (const name of [conf, web]) await call(page.request, "PUT", `/packages/${name}/bindings/${encodeURIComponent(FLEET_MODULE)}`);

      await page.goto(`/deploy?package=${conf}&version=1.0.0&modules=${encodeURIComponent(FLEET_MODULE)}`);
      await page.getByRole("button", { name: t.deploy.addPackage }).click();
      await page.getByLabel(t.deploy.packageHint).last().fill(web);
      await page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: web }).first().click();
      await expect(page.getByText(t.deploy.together)).toBeVisible();
      await expect(page).toHaveURL(new RegExp(`${web}(@|%40)1\\.0\\.0`));
      expect(await findings(page)).toEqual([]);
      await picture(page, `together-deploy-${look.language}`);

      await page.getByRole("button", { name: t.deploy.makePlan, exact: true }).click();
      await page.waitForURL("**/plans/*");
      await expect(page.getByText(`${conf}@1.0.0`).first()).toBeVisible();
      await expect(page.getByText(`${web}@1.0.0`).first()).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await picture(page, `together-plan-${look.language}`);

      writeFileSync(trap(SECOND), "");
      await page.getByRole("button", { name: new RegExp(`^${t.plan.confirmAction.deploy} ·`) }).click();
      await page.waitForURL("**/deployments/*");
      await expect(page.getByText(t.deployment.sentences.halted)).toBeVisible();
      await expect.poll(async () => Object.keys(await versions(page, conf)).includes(SECOND), { timeout: 60_000 }).toBe(false);
      expect((await versions(page, conf))[FIRST]).toBe("1.0.0");
      expect(Object.keys(await versions(page, web))).not.toContain(SECOND);
      await expect(page.getByText(t.deployment.followed.wentBack(web)).first()).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await picture(page, `together-held-${look.language}`);
    });

    test("go on together where they are tried again", async ({ page }) => {
      rmSync(trap(SECOND));
      await page.goto("/deployments");
      await page.getByRole("row", { name: new RegExp(conf) }).getByRole("link").first().click();
      await page.waitForURL("**/deployments/*");
      await say(page, t.deployment.interventions.retry);
      await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible({ timeout: 60_000 });
      for (const name of [conf, web]) expect(Object.keys(await versions(page, name)).sort()).toEqual([...FLEET].sort());
    });

    test("go back as one when they have come to their end", async ({ page }) => {
      await page.goto("/deployments");
      await page.getByRole("row", { name: new RegExp(conf) }).getByRole("link").first().click();
      await page.waitForURL("**/deployments/*");
      await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();
      const ended = page.url();
      await page.getByRole("button", { name: t.deployment.interventions.rollback, exact: true }).click();
      await expect(page.getByText(t.deployment.takeAllBack)).toBeVisible();
      await picture(page, `together-back-${look.language}`);
      await yes(page, t.deployment.interventions.rollback);
      await expect(page).not.toHaveURL(ended);
      await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible({ timeout: 60_000 });
      for (const name of [conf, web]) expect(await versions(page, name)).toEqual({});
    });
  });
}
