// A secret and a variable, from the plan that lacks them to the file on a host, and a change of value after it.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { findings, LOOKS, wear } from "./looks";
import { fromSetup, HOST, MODULE, packFiles, pushArchive, test } from "./world";

const NAME = "vars-e2e";
const SECRET = "hunter2-in-the-e2e-tests";

const FILES = {
  "packhorse.toml": 'render = ["conf/shop.toml"]\ninstall_root = "/data/app/vars-e2e"\n',
  "conf/shop.toml": "host = '[@e2e_db_host]'\npassword = '[!e2e_db_password]'\nkept = true\n",
};

const onHost = () => readFileSync(join(fromSetup("E2E_FOLDER"), "root/data/app/vars-e2e/current/conf/shop.toml"), "utf8");

/** A field of a form by its label. */
const field = (page: Page, label: string) => page.locator("input, textarea").and(page.getByLabel(label, { exact: true }));

async function planHere(page: Page) {
  await page.goto(`/deploy?package=${NAME}&version=1.0.0&modules=${encodeURIComponent(MODULE)}`);
  await expect(page.getByText("1 of 1 host selected").first()).toBeVisible();
  await page.getByRole("button", { name: "Plan", exact: true }).click();
}

test.describe.serial("variables", () => {
  test("a secret is put into the vault and never shown", async ({ page }) => {
    await page.goto("/vault");
    await page.getByRole("button", { name: "Add a secret" }).first().click();
    await field(page, "Secret").fill("e2e-db");
    await field(page, "What it says").fill(SECRET);
    await field(page, "Description").fill("The database of the tests");
    await page.getByRole("dialog").getByRole("button", { name: "Add a secret" }).click();
    const row = page.getByRole("row", { name: /e2e-db/ });
    await expect(row).toContainText("0 variables");
    await row.getByRole("link", { name: "e2e-db" }).click();
    await expect(page.getByRole("dialog")).toContainText("user:admin");
    expect(await page.content()).not.toContain(SECRET);

    await page.getByRole("dialog").getByRole("button", { name: "New value" }).click();
    const dialog = page.getByRole("dialog", { name: "New value of e2e-db" });
    await expect(dialog).toContainText("Becomes version 2");
    await field(page, "What it says").fill(`${SECRET}-2`);
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("dialog")).toContainText("Version 2");
  });

  test("a plan without their values shows all else, cannot be applied, and leads to giving them", async ({ page }) => {
    await pushArchive(page, packFiles(NAME, "1.0.0", FILES));
    await planHere(page);
    const refused = page.getByRole("alert").filter({ hasText: "The plan cannot be applied" });
    await expect(page.getByText("1 host changes in 1 batch")).toBeVisible();
    await expect(page.getByRole("button", { name: "Deploy · 1 host" })).toBeDisabled();
    await page.getByRole("button", { name: "conf/shop.toml" }).click();
    await expect(page.getByRole("dialog")).toContainText(`The file cannot be rendered on ${HOST}`);
    await page.keyboard.press("Escape");
    await expect(refused).toContainText("[@e2e_db_host]");
    await expect(refused).toContainText("conf/shop.toml:1");

    await refused.getByRole("button", { name: "Give e2e_db_host a value" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("Shop › Production › Web");
    await field(page, "Value").fill("10.0.0.5");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
    await expect(refused).toContainText("given");

    await refused.getByRole("button", { name: "Give e2e_db_password a value" }).click();
    await dialog.getByText("Secret", { exact: true }).click();
    await dialog.getByLabel("Secret of the vault").click();
    await page.getByTitle("e2e-db").click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
    await refused.getByRole("button", { name: "Plan again" }).click();
    await expect(refused).toBeHidden();
    await expect(page.getByRole("button", { name: "Deploy · 1 host" })).toBeEnabled();
  });

  test("the plan shows the file, secrets masked, and the host gets it", async ({ page }) => {
    await planHere(page);
    await page.getByRole("button", { name: "conf/shop.toml" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByLabel("After · 1.0.0")).toContainText("host = '10.0.0.5'");
    await expect(dialog.getByLabel("After · 1.0.0")).toContainText("password = '••••••'");
    expect(await page.content()).not.toContain(SECRET);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Deploy · 1 host" }).click();
    await expect(page.getByText("Every host is as asked.")).toBeVisible();
    expect(onHost()).toBe(`host = '10.0.0.5'\npassword = '${SECRET}-2'\nkept = true\n`);
  });

  test("where a value comes from is told", async ({ page }) => {
    await page.goto(`/variables?tab=explain&name=e2e_db_host&package=${NAME}&host=${HOST}`);
    const panel = page.locator("section", { has: page.getByRole("heading", { name: `e2e_db_host for ${NAME} on ${HOST}` }) });
    await expect(panel).toContainText("It comes to 10.0.0.5");
    await expect(panel.getByRole("row", { name: /Web/ })).toContainText("decides");
  });

  test("a change goes to those that it has yet to reach", async ({ page }) => {
    await page.goto("/variables?name=e2e_db_host");
    await page.getByRole("button", { name: "Change e2e_db_host" }).click();
    await field(page, "Value").fill("10.0.0.9");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "Show whom it has yet to reach" }).click();
    const row = page.getByRole("row", { name: new RegExp(NAME) });
    await expect(row).toContainText(HOST);
    await row.getByRole("button", { name: /^Deploy / }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Plan" }).click();
    await page.getByRole("button", { name: "conf/shop.toml" }).click();
    await expect(page.getByLabel("Before · 1.0.0")).toContainText("10.0.0.5");
    await expect(page.getByLabel("After · 1.0.0")).toContainText("10.0.0.9");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Deploy · 1 host" }).click();
    await expect(page.getByText("Every host is as asked.")).toBeVisible();
    expect(onHost()).toContain("host = '10.0.0.9'");
    await page.goto("/variables?tab=affected");
    await expect(page.getByText("Every instance has the values of now")).toBeVisible();
  });

  for (const look of LOOKS) {
    test(`their pages hold no barrier, ${look.theme}`, async ({ page }) => {
      await wear(page, look);
      for (const path of ["/variables", `/variables?tab=explain&name=e2e_db_host&package=${NAME}&host=${HOST}`, "/vault", "/vault?secret=e2e-db"]) {
        await page.goto(path);
        await expect(page.locator(".ant-table-row, .ant-drawer-body dl").first()).toBeVisible();
        expect(await findings(page), path).toEqual([]);
      }
    });
  }

  test("a secret that is used is not deleted, a value is", async ({ page }) => {
    await page.goto("/vault");
    await page.getByRole("button", { name: "Delete e2e-db?" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page.getByRole("alert")).toContainText("1 variables lead to e2e-db");
    await page.goto("/variables?name=e2e_db_password");
    await page.getByRole("button", { name: "Delete the value of e2e_db_password?" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page.getByText("Nothing matches these filters")).toBeVisible();
  });
});
