// The story of one package, told in the console against the real server and a real agent: signed in, pushed, deployed, broken,
// ended; and what every page has, languages, themes and the palette.

import { copyFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { anonymous, fromSetup, HOST, packVersion, PACKAGE, test } from "./world";

anonymous.describe("signing in", () => {
  anonymous("says what is wrong, and comes back to where one wanted to go", async ({ page }) => {
    await page.goto("/instances");
    await expect(page.getByRole("heading", { name: "Sign in to Packhorse" })).toBeVisible();
    await page.getByLabel("User").fill(fromSetup("E2E_USER"));
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("password is wrong");

    await page.getByLabel("Password").fill(fromSetup("E2E_PASSWORD"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { name: "Instances", level: 1 })).toBeVisible();
    await expect(page).toHaveURL("/instances");
  });
});

async function push(page: Page, archive: string) {
  await page.goto("/push");
  await page.locator("input[type=file]").setInputFiles(archive);
  await page.getByRole("button", { name: "Push", exact: true }).click();
}

/** Chooses the module of the test's host, plans and confirms. */
async function deploy(page: Page, version: string) {
  await page.goto(`/deploy?package=${PACKAGE}&version=${version}`);
  await page.getByRole("tree").getByText("Web", { exact: true }).click();
  await expect(page.getByText("1 of 1 host selected").first()).toBeVisible();
  await page.getByRole("button", { name: "Plan", exact: true }).click();
  await expect(page.getByText("1 host changes in 1 batch")).toBeVisible();
  await page.getByRole("button", { name: "Deploy · 1 host" }).click();
}

test.describe.serial("the story of a package", () => {
  test("refuses an archive that is not what its name says, with a hint", async ({ page }) => {
    const archive = packVersion("1.0.0", "healthy");
    const misnamed = join(fromSetup("E2E_FOLDER"), `${PACKAGE}_1.0.0.zip`);
    copyFileSync(archive, misnamed);
    await push(page, misnamed);
    await expect(page.getByRole("alert")).toContainText(".zip");
    await expect(page.getByRole("alert").locator(".problem-hint")).not.toBeEmpty();
  });

  test("pushes a version and shows it", async ({ page }) => {
    await push(page, packVersion("1.0.0", "healthy"));
    await expect(page.getByRole("alert").first()).toContainText(`${PACKAGE}@1.0.0 was pushed`);
    await page.getByRole("link", { name: "Open the package" }).click();
    await expect(page.getByRole("row", { name: /1\.0\.0/ })).toContainText("Published");
    await page.getByRole("link", { name: "1.0.0", exact: true }).click();
    await expect(page.getByRole("dialog")).toContainText("scripts/health.sh");
  });

  test("deploys it and watches it to its end", async ({ page }) => {
    await deploy(page, "1.0.0");
    await expect(page.getByText("Every host is as asked.")).toBeVisible();
    await page.getByRole("button", { name: new RegExp(`^${HOST}: Succeeded`) }).click();
    const drawer = page.getByRole("dialog");
    await drawer.getByRole("button", { name: /^Start/ }).click();
    await expect(drawer.getByLabel("Output")).toContainText(`${PACKAGE} 1.0.0 starts`);

    await page.goto("/instances");
    const row = page.getByRole("row", { name: new RegExp(PACKAGE) });
    await expect(row).toContainText("1.0.0");
    await expect(row).toContainText("Running");
  });

  test("halts at a version that is not healthy, and ends it on a person's word", async ({ page }) => {
    await push(page, packVersion("1.0.1", "unhealthy"));
    await expect(page.getByRole("alert").first()).toContainText(`${PACKAGE}@1.0.1 was pushed`);
    await deploy(page, "1.0.1");
    await expect(page.getByText("Held by a failure")).toBeVisible();
    await page.getByRole("button", { name: new RegExp(`^${HOST}: Failed at Validate`) }).click();
    await expect(page.getByRole("dialog")).toContainText("The old version was put back and is healthy.");
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Abort" }).click();
    const question = page.getByRole("dialog", { name: /Abort/ });
    await expect(question).toContainText("An aborted deployment cannot be resumed.");
    await question.getByRole("button", { name: "Abort" }).click();
    await expect(page.getByText("Ended by a person.")).toBeVisible();
  });

  test("restarts an instance from the list, after saying what it touches", async ({ page }) => {
    await page.goto("/instances");
    await page.getByRole("checkbox", { name: `${HOST}/${PACKAGE}` }).check();
    await page.getByRole("toolbar").getByRole("button", { name: "Restart" }).click();
    const question = page.getByRole("dialog", { name: "Restart 1 instance?" });
    await expect(question).toContainText(`${PACKAGE} on 1 host`);
    await question.getByRole("button", { name: "Restart" }).click();
    await expect(page.getByRole("heading", { name: `Restart ${PACKAGE}` })).toBeVisible();
    await expect(page.getByText("Every host is as asked.")).toBeVisible();
  });
});

test.describe("every page", () => {
  test("speaks the language and wears the theme that were chosen, also after a reload", async ({ page }) => {
    await page.goto("/hosts");
    await expect(page.getByRole("heading", { name: "Hosts" })).toBeVisible();
    await page.getByRole("button", { name: "Account and preferences" }).click();
    await page.getByText("Language").hover();
    await page.getByText("中文").click();
    await expect(page.getByRole("heading", { name: "主机" })).toBeVisible();
    await page.getByRole("button", { name: "账号与偏好" }).click();
    await page.getByText("主题").hover();
    await page.getByText("深色").click();
    await page.reload();
    await expect(page.getByRole("heading", { name: "主机" })).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  });

  test("is found by the palette, without a mouse", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill(HOST);
    // What was found for a shorter text may still be listed: Enter takes the first one.
    await expect(page.getByRole("option").first()).toContainText(HOST);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: HOST })).toBeVisible();
  });

  test("says so when there is no such page", async ({ page }) => {
    await page.goto("/no/such/page");
    await expect(page.getByText("There is no such page")).toBeVisible();
  });
});

anonymous.describe("a Chinese browser", () => {
  anonymous.use({ locale: "zh-CN" });
  anonymous("is met in Chinese", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "登录 Packhorse" })).toBeVisible();
  });
});
