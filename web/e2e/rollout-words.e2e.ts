// Every word by which a person steps into a deployment that goes on: its batches changed, skipped ahead, single hosts tried again, left out,
// settled, forced and taken back. The whole of a deployment is told in rollout.e2e.ts.

import { readFileSync, rmSync, writeFileSync } from "node:fs";

import { expect, type Page } from "@playwright/test";

import { en as t } from "../src/i18n/en";
import { FLEET, test } from "./fleet";
import { findings, picture } from "./looks";
import { batches, field, hold, packTrapped, question, rollOut, say, saySeldom, standing, trap, yes } from "./rolling";
import { pushArchive } from "./world";

const NAME = "words-e2e";
const [LOST = "", AGAIN = "", LEFT = ""] = FLEET;

const words = t.deployment.interventions;
const hostWords = t.deployment.unitInterventions;

const open = (page: Page, host: string, place: string | RegExp) =>
  page.getByRole("button", { name: typeof place === "string" ? `${host}: ${place}` : new RegExp(`^${host}: ${place.source}`) }).click();

/** Says a word about the host whose drawer is open. */
async function sayOfHost(page: Page, name: string) {
  await page.locator(".unit-interventions").getByRole("button", { name, exact: true }).click();
  await yes(page, name);
}

test.describe.serial("words to a deployment", () => {
  test.describe.configure({ timeout: 240_000 });

  test("a version is on all hosts", async ({ page }) => {
    for (const version of ["1.0.0", "1.1.0", "1.2.0"]) await pushArchive(page, packTrapped(NAME, version));
    await rollOut(page, t, { name: NAME, version: "1.0.0", batch: "100%" });
    await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();
  });

  test("what is paused skips ahead and gets other batches, and one of its hosts is taken back when it has ended", async ({ page }) => {
    await rollOut(page, t, { name: NAME, version: "1.1.0", batch: "2", bake: 600 });
    await expect(standing(page, t, 1, t.deployment.unitStates.baking)).toHaveCount(2);
    await expect(batches(page)).toHaveCount(6);
    await say(page, words.pause);
    await expect(page.getByText(t.deployment.sentences.paused)).toBeVisible();

    await saySeldom(page, t, words.resize, async () => {
      await field(page, t.deploy.batch).fill("5");
      await expect(question(page)).toContainText(t.deploy.makes(t.deploy.batchesOf([5, 5])));
      expect(await findings(page)).toEqual([]);
      await picture(page, "resize");
    });
    await expect(batches(page)).toHaveCount(3);
    await saySeldom(page, t, words.skip_ahead, () => expect(question(page)).toContainText(t.deployment.skipAheadText(t.plan.batch(2))));
    await expect(standing(page, t, 2, t.deployment.unitStates.pending)).toHaveCount(5);

    // The second batch begins although the first still bakes.
    await say(page, words.resume);
    await expect(standing(page, t, 2, t.deployment.unitStates.baking)).toHaveCount(5);
    await expect(standing(page, t, 1, t.deployment.unitStates.baking)).toHaveCount(2);
    await say(page, words.abort);
    await expect(page.getByText(t.deployment.sentences.aborted)).toBeVisible();

    await open(page, LOST, t.deployment.unitStates.succeeded);
    const address = page.url();
    await sayOfHost(page, hostWords.rollback);
    await page.waitForURL((url) => url.href !== address && url.pathname.startsWith("/deployments/"));
    await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();
    await page.goto(`/instances?package=${NAME}&host=${LOST}`);
    await expect(page.getByRole("row", { name: new RegExp(LOST) })).toContainText("1.0.0");
  });

  test("hosts are tried again, left out, settled by what was found, and forced", async ({ page }) => {
    writeFileSync(hold(LOST), "");
    for (const host of [AGAIN, LEFT]) writeFileSync(trap(host), "");
    await rollOut(page, t, { name: NAME, version: "1.2.0", batch: "100%" });
    await expect.poll(() => readFileSync(hold(LOST), "utf8")).not.toBe("");
    await expect(page.getByText(t.deployment.sentences.halted)).toBeVisible();

    // The process that runs the command dies without a word of how it ended.
    const [runner, command] = readFileSync(hold(LOST), "utf8").trim().split(" ").map(Number);
    if (runner) process.kill(runner, "SIGKILL");
    if (command) process.kill(command, "SIGKILL");
    for (const file of [hold(LOST), ...[AGAIN, LEFT].map(trap)]) rmSync(file);

    await open(page, LOST, t.deployment.unknownAt(t.steps.start));
    await page.locator(".unit-interventions").getByRole("button", { name: hostWords.confirm, exact: true }).click();
    await expect(question(page)).toContainText(t.deployment.evidence);
    await expect(question(page).locator(".failure-message")).not.toBeEmpty();
    expect(await findings(page)).toEqual([]);
    await picture(page, "confirm");
    await question(page).getByRole("button", { name: hostWords.confirm, exact: true }).click();
    await expect(question(page)).toContainText(t.deployment.foundNeeded);
    await question(page).getByText(t.deployment.findings.broken).click();
    await field(page, t.deployment.seen).fill("Nothing runs there");
    await yes(page, hostWords.confirm);
    await expect(page.getByRole("dialog")).toContainText(t.deployment.aftermath.broken);
    await sayOfHost(page, hostWords.force);
    await expect(page.getByRole("dialog").getByText(t.deployment.unitStates.succeeded, { exact: true })).toBeVisible();
    await page.keyboard.press("Escape");

    await open(page, AGAIN, t.deployment.failedAt(t.steps.start));
    await sayOfHost(page, hostWords.retry);
    await expect(page.getByRole("dialog").getByText(t.deployment.unitStates.succeeded, { exact: true })).toBeVisible();
    await page.keyboard.press("Escape");

    await open(page, LEFT, t.deployment.failedAt(t.steps.start));
    await sayOfHost(page, hostWords.skip);
    await page.keyboard.press("Escape");
    await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();

    // The one that was left out is where the next deployment goes.
    await page.getByRole("link", { name: t.aim.again }).click();
    await expect(page.getByText(t.deploy.selectedOf(1, 1)).first()).toBeVisible();
    await expect(page.getByRole("row", { name: new RegExp(LEFT) })).toContainText("1.1.0");
  });
});
