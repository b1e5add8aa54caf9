// Every page in both themes and both languages, by the rules of axe: nothing serious or critical.

import { expect } from "@playwright/test";

import { newVersion } from "./editing";
import { findings, LOOKS, wear } from "./looks";
import { anonymous, HOST, MODULE, test } from "./world";

const PAGES = [
  "/",
  "/packages",
  "/packages/shop-e2e",
  "/packages/shop-e2e?version=1.0.0",
  "/packages/shop-e2e?version=1.0.0&view=files&file=scripts%2Fstart.sh",
  "/packages/shop-e2e?version=1.0.0&view=metadata",
  "/packages/shop-e2e?tab=bindings",
  "/packages/shop-e2e?tab=retention",
  "/packages/shop-e2e?tab=settings",
  "/packages/shop-e2e/compare?from=1.0.0&to=1.0.1",
  "/packages/new/file",
  "/packages/new/config",
  "/packages/new/script",
  "/packages/new/database",
  "/drafts",
  "/push",
  "/deploy",
  `/deploy?package=shop-e2e&version=1.0.0&modules=${encodeURIComponent(MODULE)}`,
  "/deployments",
  "/instances",
  "/topology",
  "/hosts",
  `/hosts/${HOST}`,
  "/danger-rules",
  "/variables",
  "/variables?tab=explain",
  "/variables?tab=affected",
  "/vault",
  "/guard-rails",
  "/guard-rails?tab=locks",
  "/guard-rails?tab=environments",
  "/guard-rails?tab=strategies",
  "/database-targets",
  "/objects",
  "/import",
  "/storage",
  "/storage?tab=damage",
  "/storage?tab=retention",
  "/tokens",
  "/audit",
  "/no/such/page",
];

for (const look of LOOKS) {
  anonymous(`signing in holds no barrier, ${look.theme}`, async ({ page }) => {
    await wear(page, look);
    await page.goto("/sign-in");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await findings(page)).toEqual([]);
  });

  for (const path of PAGES) {
    test(`${path} holds no barrier, ${look.theme}`, async ({ page }) => {
      await wear(page, look);
      await page.goto(path);
      await expect(page.locator("main h1, main h2, .page-error, .blank").first()).toBeVisible();
      await expect(page.locator("html")).toHaveAttribute("data-theme", look.theme);
      expect(await findings(page)).toEqual([]);
    });
  }

  // The stories of the editors have left them.
  for (const [name, version] of [["conf-e2e", "1.1.0"], ["script-e2e", "1.0.0"], ["editors-e2e-db", "1.1.0"]] as const) {
    test(`the editor of ${name} holds no barrier, ${look.theme}`, async ({ page }) => {
      const draft = await newVersion(page, name, version);
      await wear(page, look);
      await page.goto(draft);
      await expect(page.locator(".cm-content")).toBeVisible();
      await expect(page.locator("html")).toHaveAttribute("data-theme", look.theme);
      expect(await findings(page)).toEqual([]);
    });
  }

  test(`a deployment and its hosts hold no barrier, ${look.theme}`, async ({ page }) => {
    await wear(page, look);
    await page.goto("/deployments");
    // The story of a package has left some.
    await page.locator("main tbody a[href^='/deployments/']").first().click();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.locator("main button", { hasText: HOST }).first().click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expect(page.locator(".ant-skeleton")).toHaveCount(0);
    expect(await findings(page)).toEqual([]);
  });
}
