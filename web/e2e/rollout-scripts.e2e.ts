// A script run on twelve hosts: watched while it writes, one host failing, the hosts together that wrote the same, run again where it failed.
// In both languages and both themes.

import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "@playwright/test";

import { FLEET, test } from "./fleet";
import { findings, LOOKS, picture, wear } from "./looks";
import { folder, rollOut, say, WORDS } from "./rolling";
import { packFiles, pushArchive } from "./world";

const NAME = "check-e2e";
const FAILS = "fleet-7";

/** Until this file is there, the script runs on. */
const go = () => join(folder(), "script-go");
const full = (host: string) => join(folder(), `script-full-${host}`);

const FILES = () => ({
  "packhorse.toml": '[script]\nentry = "check.sh"\ninterpreter = "sh"\n',
  "check.sh": `#!/bin/sh
set -eu
echo "looks at the disk"
while [ ! -e "${go()}" ]; do sleep 0.1; done
if [ -e "${folder()}/script-full-$PACKHORSE_HOST_NAME" ]; then echo "the disk is full"; exit 3; fi
echo "all is well"
`,
});

test.describe.serial("a script on twelve hosts", () => {
  test.describe.configure({ timeout: 240_000 });

  test("is pushed", async ({ page }) => {
    await pushArchive(page, packFiles(NAME, "1.0.0", FILES()));
  });

  for (const look of LOOKS) {
    test(`is watched, fails on one host, and is run again there, ${look.language}`, async ({ page }) => {
      const t = WORDS[look.language];
      await wear(page, look);
      if (existsSync(go())) rmSync(go());
      writeFileSync(full(FAILS), "");
      await rollOut(page, t, { name: NAME, version: "1.0.0", action: "run" });

      // While it runs, what it writes is there to read.
      await page.getByRole("button", { name: `${FLEET[0]}: ${t.steps.run}` }).click();
      const drawer = page.getByRole("dialog");
      await expect(drawer.getByLabel(t.deployment.output)).toContainText("looks at the disk");
      await expect(drawer.getByLabel(t.deployment.output)).not.toContainText("all is well");
      expect(await findings(page)).toEqual([]);
      await picture(page, `script-live-${look.language}`);
      writeFileSync(go(), "");
      await expect(drawer.getByText(t.deployment.unitStates.succeeded, { exact: true })).toBeVisible();
      await page.keyboard.press("Escape");

      // Those that wrote the same stand together; the one that failed says why.
      await expect(page.getByText(t.deployment.sentences.halted)).toBeVisible();
      const group = (hosts: number, code: number) => page.getByRole("button", { name: new RegExp(`${t.common.hosts(hosts)}.*${t.run.exits.code(code)}`) });
      await expect(group(11, 0)).toBeVisible();
      await expect(page.getByLabel(t.deployment.output).first()).toContainText("all is well");
      await group(1, 3).click();
      await expect(page.getByLabel(t.deployment.output).last()).toContainText("the disk is full");
      await expect(page.locator(".host-names").last()).toContainText(FAILS);
      expect(await findings(page)).toEqual([]);
      await picture(page, `script-groups-${look.language}`);

      rmSync(full(FAILS));
      await say(page, t.deployment.interventions.retry);
      await expect(page.getByText(t.deployment.sentences.succeeded)).toBeVisible();
      await expect(group(12, 0)).toBeVisible();
    });
  }
});
