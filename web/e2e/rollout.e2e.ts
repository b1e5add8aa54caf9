// A deployment to twelve hosts in four batches, watched live: paused, one host failed on purpose, retried, promoted; then rolled back.
// In both languages and both themes.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { en } from "../src/i18n/en";
import { zh } from "../src/i18n/zh";
import { FLEET, FLEET_MODULE, startFleet } from "./fleet";
import { findings, LOOKS, wear } from "./looks";
import { fromSetup, pushArchive, test } from "./world";

const NAME = "fleet-e2e";
const FAILS = "fleet-5";

const folder = () => fromSetup("E2E_FOLDER");
/** As long as this file is there, the host does not start what it gets. */
const trap = (host: string) => join(folder(), `fail-${host}`);

/** A version whose start takes a moment, and fails where a trap is set. */
function pack(version: string): string {
  const from = join(folder(), `${NAME}-${version}`);
  mkdirSync(join(from, "scripts"), { recursive: true });
  const script = (name: string, text: string) => {
    writeFileSync(join(from, "scripts", name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(from, "scripts", name), 0o755);
  };
  script("start.sh", `if [ -e "${folder()}/fail-$AT" ]; then echo "no room at $AT"; exit 1; fi\necho "${NAME} ${version} starts at $AT"\nsleep 0.5`);
  script("stop.sh", "exit 0");
  writeFileSync(
    join(from, "packhorse.toml"),
    'description = "A package of the console\'s tests"\n\n[lifecycle.start]\ncommand = "scripts/start.sh"\nenv = { AT = "[@packhorse.host.name]" }\n',
  );
  const archive = join(folder(), `${NAME}_${version}.tar.gz`);
  execFileSync("tar", ["-czf", archive, "-C", from, "."]);
  return archive;
}

type Words = typeof en;

const WORDS: Record<(typeof LOOKS)[number]["language"], Words> = { en, zh };

const field = (page: Page, label: string) => page.locator("input").and(page.getByLabel(label, { exact: true }));

/** Chooses all hosts of the fleet, in batches, and gives the page of the deployment that runs. */
async function deploy(page: Page, t: Words, version: string, batch: string, pause?: string) {
  await page.goto(`/deploy?package=${NAME}&version=${version}&modules=${encodeURIComponent(FLEET_MODULE)}`);
  await expect(page.getByText(t.deploy.selectedOf(FLEET.length, FLEET.length)).first()).toBeVisible();
  await field(page, t.deploy.batch).fill(batch);
  if (pause) {
    await page.getByLabel(t.deploy.pause).click();
    await page.getByTitle(pause, { exact: true }).click();
  }
  await page.getByRole("button", { name: t.deploy.makePlan, exact: true }).click();
  await page.waitForURL("**/plans/*");
  await page.getByRole("button", { name: `${t.plan.confirmAction.deploy} · ${t.common.hosts(FLEET.length)}` }).click();
  await page.waitForURL("**/deployments/*");
}

const states = (t: Words) => t.deployment.unitStates;
const batch = (page: Page, t: Words, number: number) =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: t.plan.batch(number), exact: true }) });
/** How many hosts of a batch stand so. */
const standing = (page: Page, t: Words, number: number, state: string) => batch(page, t, number).getByRole("button", { name: `: ${state}` });
const step = (page: Page, name: string) => page.locator(".page-actions").getByRole("button", { name, exact: true });

async function confirm(page: Page, name: string) {
  await step(page, name).click();
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
}

test.describe.serial("a rollout to twelve hosts", () => {
  test.describe.configure({ timeout: 240_000 });
  let stop: () => Promise<void> = () => Promise.resolve();

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(120_000);
    const context = await browser.newContext({ baseURL: fromSetup("E2E_URL"), storageState: join(folder(), "session.json") });
    const page = await context.newPage();
    stop = await startFleet(context.request);
    for (const version of ["1.0.0", "1.1.0"]) await pushArchive(page, pack(version));
    await context.close();
  });

  test.afterAll(async () => stop());

  test("begins with a version on all of them", async ({ page }) => {
    await deploy(page, en, "1.0.0", "100%");
    await expect(page.getByText(en.deployment.sentences.succeeded)).toBeVisible();
  });

  for (const look of LOOKS) {
    test(`goes in four batches, as a person watches and steps in, ${look.language}`, async ({ page }) => {
      const t = WORDS[look.language];
      await wear(page, look);
      writeFileSync(trap(FAILS), "");
      await deploy(page, t, "1.1.0", "3", t.deploy.pauses.between_batches);
      await expect(page.getByText(t.deployment.live)).toBeVisible();
      await expect(page.getByRole("listitem").filter({ has: page.getByRole("heading", { level: 3 }) })).toHaveCount(4);

      // The first batch is done, and the second waits for a word; paused meanwhile, a word changes nothing.
      await expect(standing(page, t, 1, states(t).succeeded)).toHaveCount(3);
      await expect(page.getByText(t.deployment.waits.promote(t.plan.batch(2)))).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await confirm(page, t.deployment.interventions.pause);
      await expect(page.getByText(t.deployment.sentences.paused)).toBeVisible();
      await expect(standing(page, t, 2, states(t).pending)).toHaveCount(3);
      await confirm(page, t.deployment.interventions.resume);
      await confirm(page, t.deployment.interventions.promote);

      // One host of the second fails; its output says why.
      await expect(page.getByText(t.deployment.sentences.halted)).toBeVisible();
      await page.getByRole("button", { name: `${FAILS}: ${t.deployment.failedAt(t.steps.start)}` }).click();
      await expect(page.getByRole("dialog").getByLabel(t.deployment.output).first()).toContainText(`no room at ${FAILS}`);
      await page.keyboard.press("Escape");
      rmSync(trap(FAILS));
      await confirm(page, t.deployment.interventions.retry);
      await expect(standing(page, t, 2, states(t).succeeded)).toHaveCount(3);

      for (const number of [3, 4]) {
        await expect(page.getByText(t.deployment.waits.promote(t.plan.batch(number)))).toBeVisible();
        await confirm(page, t.deployment.interventions.promote);
        await expect(standing(page, t, number, states(t).succeeded)).toHaveCount(3);
      }
      await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();

      // Taken back, all of them have what they had.
      await step(page, t.deployment.interventions.rollback).click();
      await page.waitForURL("**/plans/*");
      await page.getByRole("button", { name: `${t.plan.confirmAction.rollback} · ${t.common.hosts(FLEET.length)}` }).click();
      await page.waitForURL("**/deployments/*");
      await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();
      await page.goto(`/instances?package=${NAME}&version=1.0.0`);
      await expect(page.getByRole("row", { name: /fleet-/ })).toHaveCount(FLEET.length);
    });
  }
});
