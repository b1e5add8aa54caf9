// How stories roll something out to the fleet: packages whose start a test holds up, and the page of a deployment as it goes.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { en } from "../src/i18n/en";
import { zh } from "../src/i18n/zh";
import { FLEET, FLEET_MODULE } from "./fleet";
import type { LOOKS } from "./looks";
import { fromSetup } from "./world";

export type Words = typeof en;

export const WORDS: Record<(typeof LOOKS)[number]["language"], Words> = { en, zh };

export const folder = () => fromSetup("E2E_FOLDER");
/** As long as this file is there, the host does not start what it gets. */
export const trap = (host: string) => join(folder(), `fail-${host}`);
/** As long as this file is there, the host's start goes on and on, and says here by which process. */
export const hold = (host: string) => join(folder(), `hold-${host}`);

const START = (name: string, version: string) => `#!/bin/sh
if [ -e "${folder()}/fail-$AT" ]; then echo "no room at $AT"; exit 1; fi
if [ -e "${folder()}/hold-$AT" ]; then echo "$PPID $$" > "${folder()}/hold-$AT"; exec sleep 600; fi
echo "${name} ${version} starts at $AT"
sleep 0.5
`;

/** A version whose start takes a moment, and fails where a trap is set. */
export function packTrapped(name: string, version: string): string {
  const from = join(folder(), `${name}-${version}`);
  mkdirSync(join(from, "scripts"), { recursive: true });
  const script = (file: string, text: string) => {
    writeFileSync(join(from, "scripts", file), text);
    chmodSync(join(from, "scripts", file), 0o755);
  };
  script("start.sh", START(name, version));
  script("stop.sh", "#!/bin/sh\nexit 0\n");
  writeFileSync(
    join(from, "packhorse.toml"),
    'description = "A package of the console\'s tests"\n\n[lifecycle.start]\ncommand = "scripts/start.sh"\nenv = { AT = "[@packhorse.host.name]" }\n',
  );
  const archive = join(folder(), `${name}_${version}.tar.gz`);
  execFileSync("tar", ["-czf", archive, "-C", from, "."]);
  return archive;
}

export const field = (page: Page, label: string) => page.locator("input, textarea").and(page.getByLabel(label, { exact: true }));

interface How {
  name: string;
  version: string;
  batch?: string;
  pause?: string;
  bake?: number;
  action?: "deploy" | "run";
}

/** Chooses all hosts of the fleet, plans, confirms, and is at the page of the deployment that runs. */
export async function rollOut(page: Page, t: Words, { name, version, batch, pause, bake, action = "deploy" }: How) {
  await page.goto(`/deploy?package=${name}&version=${version}&modules=${encodeURIComponent(FLEET_MODULE)}`);
  await expect(page.getByText(t.deploy.selectedOf(FLEET.length, FLEET.length)).first()).toBeVisible();
  if (batch) await field(page, t.deploy.batch).fill(batch);
  if (bake !== undefined) await field(page, t.deploy.bake).fill(String(bake));
  if (pause) {
    await page.getByLabel(t.deploy.pause).click();
    await page.getByTitle(pause, { exact: true }).click();
  }
  await page.getByRole("button", { name: t.deploy.makePlan, exact: true }).click();
  await page.waitForURL("**/plans/*");
  await page.getByRole("button", { name: `${t.plan.confirmAction[action]} · ${t.common.hosts(FLEET.length)}` }).click();
  await page.waitForURL("**/deployments/*");
}

const batchOf = (page: Page, t: Words, number: number) =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: t.plan.batch(number), exact: true }) });
/** The batches that the page shows. */
export const batches = (page: Page) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { level: 3 }) });
/** The hosts of a batch that stand so. */
export const standing = (page: Page, t: Words, number: number, state: string) => batchOf(page, t, number).getByRole("button", { name: `: ${state}` });
/** What a person may do, in the head of the page. */
export const word = (page: Page, name: string) => page.locator(".page-actions").getByRole("button", { name, exact: true });

/** The question that is open, also over a drawer. */
export const question = (page: Page) => page.locator(".ant-modal");

/** Says yes to it. */
export async function yes(page: Page, name: string) {
  await question(page).getByRole("button", { name, exact: true }).click();
  await expect(question(page)).toHaveCount(0);
}

export async function say(page: Page, name: string) {
  await word(page, name).click();
  await yes(page, name);
}

/** Says what is seldom said. */
export async function saySeldom(page: Page, t: Words, name: string, fill?: () => Promise<void>) {
  await word(page, t.deployment.more).click();
  await page.getByRole("menuitem", { name }).click();
  await fill?.();
  await yes(page, name);
}
