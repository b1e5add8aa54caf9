// A ControlTier project as whoever brings one along loads it: tried, loaded, found again, and refused where it is malformed.

import { readFileSync } from "node:fs";

import { expect, type Page } from "@playwright/test";

import { test } from "./world";

const PROJECT = `<project>
  <setting type="Port" name="e2e-http" settingValue="80" description="Where the shop listens"/>
  <package type="zip" name="e2e-shop-1.0.zip" version="1.0" filename="e2e-shop-1.0.zip" installrank="7"/>
  <deployment type="Service" name="e2e-site">
    <resources replace="false"><resource type="Port" name="e2e-http"/></resources>
  </deployment>
</project>`;

const drop = (page: Page, text: string) =>
  page.locator("input[type=file]").setInputFiles({ name: "project.xml", mimeType: "application/xml", buffer: Buffer.from(text) });

test.describe.serial("a project", () => {
  test("that is malformed is refused with its place", async ({ page }) => {
    await page.goto("/import");
    await drop(page, "<project>\n  <node type='Node' name='web'>\n</project>");
    await expect(page.getByRole("alert")).toContainText("3");
    await expect(page.getByRole("alert")).toContainText("nothing was changed");
  });

  test("is tried, loaded, and the second time changes nothing", async ({ page }) => {
    await page.goto("/import");
    await drop(page, PROJECT);
    const service = page.getByRole("row", { name: /e2e-site/ });
    await expect(service).toContainText("Created");
    await expect(service).toContainText("+ (Port) e2e-http");
    await page.getByRole("button", { name: "Load 3 changes" }).click();
    await expect(page.getByText("3 objects are as the file says")).toBeVisible();
    await drop(page, PROJECT);
    await expect(page.getByRole("button", { name: "Nothing to change" })).toBeDisabled();
  });

  test("is found by type and name, looked at, and exported", async ({ page }) => {
    await page.goto("/objects?name=^e2e");
    await expect(page.getByRole("row", { name: /e2e-shop-1\.0\.zip/ })).toContainText("registered only");
    await page.getByRole("textbox", { name: /^Type/ }).fill("Setting");
    await expect(page.getByRole("row", { name: /e2e-shop/ })).toHaveCount(0);
    await page.getByRole("link", { name: "e2e-http" }).click();
    await expect(page.getByRole("dialog")).toContainText("Where the shop listens");
    await page.keyboard.press("Escape");
    const waiting = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export what was found" }).click();
    const file = await (await waiting).path();
    expect(readFileSync(file, "utf8")).toContain('name="e2e-http"');
  });
});
