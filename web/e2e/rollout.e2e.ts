// A deployment to twelve hosts in four batches, watched live: paused, one host failed on purpose, retried, promoted; then rolled back.
// In both languages and both themes.

import { rmSync, writeFileSync } from "node:fs";

import { expect } from "@playwright/test";

import { en } from "../src/i18n/en";
import { FLEET, test } from "./fleet";
import { findings, LOOKS, wear } from "./looks";
import { batches, packTrapped, rollOut, say, standing, trap, word, WORDS } from "./rolling";
import { pushArchive } from "./world";

const NAME = "fleet-e2e";
const FAILS = "fleet-5";

test.describe.serial("a rollout to twelve hosts", () => {
  test.describe.configure({ timeout: 240_000 });

  test("begins with a version on all of them", async ({ page }) => {
    for (const version of ["1.0.0", "1.1.0"]) await pushArchive(page, packTrapped(NAME, version));
    await rollOut(page, en, { name: NAME, version: "1.0.0", batch: "100%" });
    await expect(page.getByText(en.deployment.sentences.succeeded)).toBeVisible();
  });

  for (const look of LOOKS) {
    test(`goes in four batches, as a person watches and steps in, ${look.language}`, async ({ page }) => {
      const t = WORDS[look.language];
      await wear(page, look);
      writeFileSync(trap(FAILS), "");
      await rollOut(page, t, { name: NAME, version: "1.1.0", batch: "3", pause: t.deploy.pauses.between_batches });
      await expect(page.getByText(t.deployment.live)).toBeVisible();
      await expect(batches(page)).toHaveCount(4);

      // The first batch is done, and the second waits for a word; paused meanwhile, a word changes nothing.
      await expect(standing(page, t, 1, t.deployment.unitStates.succeeded)).toHaveCount(3);
      await expect(page.getByText(t.deployment.waits.promote(t.plan.batch(2)))).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await say(page, t.deployment.interventions.pause);
      await expect(page.getByText(t.deployment.sentences.paused)).toBeVisible();
      await expect(standing(page, t, 2, t.deployment.unitStates.pending)).toHaveCount(3);
      await say(page, t.deployment.interventions.resume);
      await say(page, t.deployment.interventions.promote);

      // One host of the second fails; its output says why.
      await expect(page.getByText(t.deployment.sentences.halted)).toBeVisible();
      await page.getByRole("button", { name: `${FAILS}: ${t.deployment.failedAt(t.steps.start)}` }).click();
      await expect(page.getByRole("dialog").getByLabel(t.deployment.output).first()).toContainText(`no room at ${FAILS}`);
      await page.keyboard.press("Escape");
      rmSync(trap(FAILS));
      await say(page, t.deployment.interventions.retry);
      await expect(standing(page, t, 2, t.deployment.unitStates.succeeded)).toHaveCount(3);

      for (const number of [3, 4]) {
        await expect(page.getByText(t.deployment.waits.promote(t.plan.batch(number)))).toBeVisible();
        await say(page, t.deployment.interventions.promote);
        await expect(standing(page, t, number, t.deployment.unitStates.succeeded)).toHaveCount(3);
      }
      await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();

      // Taken back, all of them have what they had.
      await word(page, t.deployment.interventions.rollback).click();
      await page.waitForURL("**/plans/*");
      await page.getByRole("button", { name: `${t.plan.confirmAction.rollback} · ${t.common.hosts(FLEET.length)}` }).click();
      await page.waitForURL("**/deployments/*");
      await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();
      await page.goto(`/instances?package=${NAME}&version=1.0.0`);
      await expect(page.getByRole("row", { name: /fleet-/ })).toHaveCount(FLEET.length);
    });
  }
});
