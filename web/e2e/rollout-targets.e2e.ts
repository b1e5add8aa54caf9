// Where a deployment goes: modules bound one by one, hosts by label, by what is on them, and those at which it failed last time; and what is
// done to all instances that match. In both languages and both themes.

import { rmSync, writeFileSync } from "node:fs";

import { expect, type Page } from "@playwright/test";

import { call, FLEET, FLEET_MODULE, test } from "./fleet";
import { findings, LOOKS, picture, wear } from "./looks";
import { packTrapped, question, trap, WORDS, yes } from "./rolling";
import { HOST, MODULE, pushArchive } from "./world";

const [FIRST = "", SECOND = ""] = FLEET;

const hosts = (page: Page) => page.getByRole("row", { name: /^fleet-/ });

for (const look of LOOKS) {
  const t = WORDS[look.language];
  const name = `aimed-${look.language}`;
  const address = (version: string, ...modules: string[]) =>
    `/deploy?package=${name}&version=${version}${modules.map((module) => `&modules=${encodeURIComponent(module)}`).join("")}`;
  const filters = (page: Page) => page.getByRole("group", { name: t.aim.filters });
  const selected = (page: Page, count: number, total: number) => expect(page.getByText(t.deploy.selectedOf(count, total)).first()).toBeVisible();

  const choose = async (page: Page, filter: string, option: string) => {
    await filters(page).getByRole("combobox", { name: filter }).click();
    await page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: option }).first().click();
  };
  const plan = async (page: Page) => {
    await page.getByRole("button", { name: t.deploy.makePlan, exact: true }).click();
    await page.waitForURL("**/plans/*");
  };
  const start = async (page: Page) => {
    await plan(page);
    await page.getByRole("button", { name: new RegExp(`^${t.plan.confirmAction.deploy} ·`) }).click();
    await page.waitForURL("**/deployments/*");
  };

  test.describe.serial(`targets, ${look.language}`, () => {
    test.describe.configure({ timeout: 180_000 });

    test.beforeEach(({ page }) => wear(page, look));

    test("a package is bound to modules one by one, before there is a plan", async ({ page }) => {
      for (const version of ["1.0.0", "1.1.0"]) await pushArchive(page, packTrapped(name, version));
      await page.goto(address("1.0.0", MODULE, FLEET_MODULE));
      await expect(page.getByRole("row", { name: new RegExp(HOST) })).toBeVisible();
      const offer = page.getByRole("note");
      await expect(offer).toContainText(t.aim.unbound(name, 2));
      expect(await findings(page)).toEqual([]);
      await picture(page, `unbound-${look.language}`);
      await offer.getByRole("button", { name: t.aim.bindTo(MODULE) }).click();
      await expect(offer).toContainText(t.aim.unbound(name, 1));
      await offer.getByRole("button", { name: t.aim.bindTo(FLEET_MODULE) }).click();
      await expect(offer).toHaveCount(0);

      await page.goto(`/packages/${name}?tab=bindings`);
      await expect(page.getByRole("button", { name: t.aim.unbindFrom(FLEET_MODULE) })).toBeVisible();
      await picture(page, `bindings-${look.language}`);
      await page.getByRole("button", { name: t.aim.unbindFrom(MODULE) }).click();
      await question(page).getByRole("button", { name: t.aim.unbind, exact: true }).click();
      await expect(page.getByRole("button", { name: t.aim.unbindFrom(MODULE) })).toHaveCount(0);
      expect(await findings(page)).toEqual([]);
    });

    test("hosts are meant by their labels, and some of them chosen", async ({ page }) => {
      for (const host of [FIRST, SECOND]) await call(page.request, "PUT", `/hosts/${host}/labels`, { labels: { zone: "a" } });
      await page.goto(address("1.0.0"));
      await filters(page).getByRole("textbox", { name: t.aim.labels }).fill("zone=a");
      await selected(page, 2, 2);
      await expect(hosts(page)).toHaveCount(2);
      await page.getByRole("checkbox", { name: SECOND, exact: true }).uncheck();
      await selected(page, 1, 2);
      // What was chosen is still so when the page is come back to.
      await plan(page);
      await expect(page.getByText(t.plan.summary(1, 1))).toBeVisible();
      await page.getByRole("link", { name: t.deploy.change }).click();
      await expect(page.getByRole("checkbox", { name: FIRST, exact: true })).toBeChecked();

      await page.goto(address("1.0.0"));
      await filters(page).getByRole("textbox", { name: t.aim.labels }).fill("zone in (");
      await expect(page.getByRole("alert")).toContainText("label selector");
    });

    test("those that failed last time are where the next one goes", async ({ page }) => {
      writeFileSync(trap(SECOND), "");
      await page.goto(address("1.0.0", FLEET_MODULE));
      await selected(page, FLEET.length, FLEET.length);
      await start(page);
      await expect(page.getByText(t.deployment.sentences.halted)).toBeVisible();
      rmSync(trap(SECOND));
      await page.goto(address("1.0.0", FLEET_MODULE));
      await choose(page, t.aim.failedIn, "1.0.0");
      await selected(page, 1, 1);
      await expect(hosts(page)).toHaveCount(1);
      await picture(page, `failed-last-${look.language}`);
      await start(page);
      await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();
    });

    test("hosts are meant by what is on them", async ({ page }) => {
      await page.goto(address("1.1.0", FLEET_MODULE));
      await choose(page, t.aim.version, "1.0.0");
      await selected(page, FLEET.length, FLEET.length);
      await choose(page, t.aim.state, t.instances.states.stopped);
      await expect(page.getByText(t.common.nothingFound)).toBeVisible();
      await page.getByRole("button", { name: t.common.clearFilters }).click();
      await choose(page, t.aim.state, t.instances.states.running);
      await expect(hosts(page).first()).toContainText("1.0.0");
      expect(await findings(page)).toEqual([]);
      await picture(page, `targets-${look.language}`);
    });

    test("instances are sorted by what the head of a column says", async ({ page }) => {
      await page.goto(`/instances?package=${name}`);
      const head = page.getByRole("columnheader", { name: t.instances.host, exact: true });
      await head.click();
      await expect(hosts(page).first()).toContainText(FIRST);
      await head.click();
      await expect(page).toHaveURL(/sort=-host/);
      await expect(hosts(page).first()).toContainText([...FLEET].sort().at(-1) ?? "");
      for (const title of [t.instances.package, t.instances.version, t.instances.state, t.instances.health, t.instances.updated]) {
        await page.getByRole("columnheader", { name: title, exact: true }).click();
        await expect(hosts(page)).toHaveCount(FLEET.length);
      }
    });

    test("all instances that match are restarted, without each being chosen", async ({ page }) => {
      await page.goto(`/instances?package=${name}&drift=none`);
      await page.getByRole("checkbox", { name: `${FIRST}/${name}` }).check();
      await page.getByRole("button", { name: t.instances.chooseMatching(FLEET.length) }).click();
      const bar = page.getByRole("toolbar");
      await expect(bar).toContainText(t.instances.allMatching(FLEET.length));
      expect(await findings(page)).toEqual([]);
      await picture(page, `all-matching-${look.language}`);
      await bar.getByRole("button", { name: t.actions.restart }).click();
      await expect(question(page)).toContainText(t.instances.bulkTouches(name, FLEET.length));
      await expect(question(page)).toContainText(t.instances.planOf(FLEET.length, 4));
      await picture(page, `bulk-${look.language}`);
      await yes(page, t.actions.restart);
      await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();
    });
  });
}
