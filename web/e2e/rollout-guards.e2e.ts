// What holds a deployment before it begins, and what lets it go on: a lock, a freeze, the word of a second person. In both languages and themes.

import { expect, type Browser, type Page } from "@playwright/test";

import { call, test } from "./fleet";
import { findings, LOOKS, picture, wear } from "./looks";
import { field, question, rollOut, WORDS, yes, type Words } from "./rolling";
import { fromSetup, packFiles, pushArchive } from "./world";

const NAME = "guarded-e2e";
const OTHER = { name: "li", password: "a password of the second person" };

type Look = (typeof LOOKS)[number];

/** Chooses the environment of the fleet in the form that is open. */
async function chooseStaging(page: Page, t: Words) {
  const dialog = question(page);
  await dialog.getByLabel(t.values.scope).click();
  await page.getByTitle(t.values.scopes.environment, { exact: true }).last().click();
  await dialog.getByLabel(t.values.chooseWhich.environment).click();
  await page.getByTitle(t.topology.environments.staging, { exact: true }).last().click();
}

/** A moment as a field of a form takes it. */
const localTime = (hours: number) => {
  const at = new Date(Date.now() + hours * 3_600_000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** The page of the second person, at the same address. */
async function asOther(browser: Browser, look: Look, address: string): Promise<Page> {
  const t = WORDS[look.language];
  const context = await browser.newContext({ baseURL: fromSetup("E2E_URL"), storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await wear(page, look);
  await page.goto("/sign-in");
  await page.getByLabel(t.signIn.user).fill(OTHER.name);
  await page.getByLabel(t.signIn.password).fill(OTHER.password);
  await page.getByRole("button", { name: t.signIn.submit }).click();
  await page.waitForURL((url) => url.pathname === "/");
  await page.goto(address);
  return page;
}

test.describe.serial("guard rails", () => {
  test.describe.configure({ timeout: 180_000 });

  test.afterEach(({ page }) => call(page.request, "PUT", "/environments/staging", { approvals: 0 }));

  test("there are a script and a second person", async ({ page }) => {
    await pushArchive(page, packFiles(NAME, "1.0.0", { "packhorse.toml": '[script]\nentry = "nothing.sh"\ninterpreter = "sh"\n', "nothing.sh": "#!/bin/sh\nset -eu\ntrue\n" }));
    await call(page.request, "POST", "/users", OTHER);
  });

  for (const look of LOOKS) {
    const t = WORDS[look.language];
    const run = (page: Page) => rollOut(page, t, { name: NAME, version: "1.0.0", action: "run" });
    const succeeds = (page: Page) => expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();

    test(`a lock holds it until somebody takes it away, ${look.language}`, async ({ page }) => {
      await wear(page, look);
      await page.goto("/guard-rails?tab=locks");
      await page.getByRole("button", { name: t.guards.addLock, exact: true }).click();
      await chooseStaging(page, t);
      await field(page, t.guards.why).fill("Stock is taken");
      await yes(page, t.guards.addLock);

      await run(page);
      await expect(page.getByText(t.deployment.waits.lock("Stock is taken", fromSetup("E2E_USER")))).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await picture(page, `locked-${look.language}`);
      const address = page.url();
      await page.getByRole("link", { name: t.guards.tabs.locks }).click();
      await page.getByRole("button", { name: t.guards.unlockOf("Stock is taken") }).click();
      await question(page).getByRole("button", { name: t.guards.unlock, exact: true }).click();
      await expect(page.getByText(t.guards.noLocks)).toBeVisible();
      await page.goto(address);
      await succeeds(page);
    });

    test(`a freeze holds it until it is overridden with a reason, ${look.language}`, async ({ page }) => {
      await wear(page, look);
      await page.goto("/guard-rails?tab=freezes");
      await page.getByRole("button", { name: t.guards.addFreeze }).click();
      await field(page, t.guards.freeze).fill("year-end");
      await chooseStaging(page, t);
      await field(page, t.guards.from).fill(localTime(-24));
      await field(page, t.guards.until).fill(localTime(24));
      await field(page, t.guards.why).fill("Nobody is here");
      await yes(page, t.values.save);
      await expect(page.getByRole("row", { name: /year-end/ })).toContainText(t.guards.holdsUntil);

      await run(page);
      await page.getByRole("button", { name: t.guards.words["override-freeze"] }).click();
      await expect(question(page)).toContainText(t.guards.wordTexts["override-freeze"]);
      await field(page, t.guards.why).fill("The shop is down");
      expect(await findings(page)).toEqual([]);
      await picture(page, `frozen-${look.language}`);
      await yes(page, t.guards.words["override-freeze"]);
      await succeeds(page);
      await expect(page.getByText(t.guards.overriddenBy(fromSetup("E2E_USER")))).toBeVisible();
      await expect(page.getByText("The shop is down")).toBeVisible();

      await page.goto("/guard-rails?tab=freezes");
      await page.getByRole("button", { name: t.vault.removeTitle("year-end") }).click();
      await question(page).getByRole("button", { name: t.common.remove, exact: true }).click();
      await expect(page.getByText(t.guards.noFreezes)).toBeVisible();
    });

    test(`another person approves one and rejects the next, ${look.language}`, async ({ page, browser }) => {
      await wear(page, look);
      await page.goto("/guard-rails?tab=environments");
      await page.getByRole("button", { name: t.values.changeTitle(t.topology.environments.staging) }).click();
      await field(page, t.guards.approvals).fill("1");
      await yes(page, t.values.save);

      await run(page);
      await expect(page.getByText(t.deployment.waits.approval(0, 1))).toBeVisible();
      await expect(page.getByText(t.guards.needsOthers)).toBeVisible();
      await expect(page.getByRole("button", { name: t.guards.words.approve })).toHaveCount(0);
      const other = await asOther(browser, look, page.url());
      await other.getByRole("button", { name: t.guards.words.approve }).click();
      await field(other, t.guards.why).fill("Looks right");
      expect(await findings(other)).toEqual([]);
      await picture(other, `approval-${look.language}`);
      await picture(page, `waits-for-approval-${look.language}`);
      await yes(other, t.guards.words.approve);
      await expect(other.getByText(t.guards.approvedBy(OTHER.name))).toBeVisible();
      await succeeds(page);

      await run(page);
      await other.goto(page.url());
      await other.getByRole("button", { name: t.guards.words.reject }).click();
      await question(other).getByRole("button", { name: t.guards.words.reject, exact: true }).click();
      await expect(question(other)).toContainText(t.topology.required);
      await field(other, t.guards.why).fill("Not before the audit");
      await yes(other, t.guards.words.reject);
      await expect(page.getByText(t.deployment.sentences.aborted)).toBeVisible();
      await expect(page.getByText(/Not before the audit/)).toBeVisible();
      await other.context().close();
    });
  }

  test("its hosts ran nothing that was rejected", async ({ page }) => {
    const { items } = await call<{ items: { state: string; units: Record<string, number> }[] }>(page.request, "GET", `/deployments?package=${NAME}`);
    const rejected = items.filter(({ state }) => state === "aborted");
    expect(rejected).toHaveLength(LOOKS.length);
    for (const { units } of rejected) expect(units["succeeded"] ?? 0).toBe(0);
  });
});
