// What tests of drafts do in the browser, as a person does it.

import { expect, type Page } from "@playwright/test";

/** Writes over all of a text that is open, and waits until it is saved. */
export async function write(page: Page, path: string, text: string) {
  const editor = page.getByLabel(`Text of ${path}`);
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
  await expect(page.locator(".save-state")).toHaveText("All saved");
}

/** Publishes the draft that is open, under a number if it has none yet, and waits for the version. */
export async function publish(page: Page, name: string, version: string) {
  await page.getByRole("button", { name: "Publish…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Version", { exact: true }).fill(version);
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await page.waitForURL(`**/packages/${name}*`);
  await expect(page.getByRole("table").getByText(version).first()).toBeVisible();
}

/** Tries to publish what must not be: the rule that refuses it is named, beforehand, or when it is asked if the number decides. */
export async function publishRefused(page: Page, version: string, rule: string) {
  await page.getByRole("button", { name: "Publish…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Version", { exact: true }).fill(version);
  await expect(dialog.locator(".ant-skeleton")).toHaveCount(0);
  // While it asks and for a moment after, its name begins with that of its icon.
  const button = dialog.getByRole("button", { name: /Publish$/ });
  if (await button.isEnabled()) await button.click();
  await expect(dialog).toContainText(rule);
  await expect(button).toBeDisabled();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
}

/** Begins the next version of a package, from the latest; gives the address of the draft. */
export async function newVersion(page: Page, name: string, from: string) {
  await page.goto(`/packages/${name}`);
  await page.getByRole("button", { name: `New version from ${from}` }).first().click();
  await page.waitForURL("**/drafts/**");
  return page.url();
}
