// The danger rules, as an operator keeps them.

import { expect } from "@playwright/test";

import { test } from "./world";

test("danger rules are added, tried, switched off and deleted", async ({ page }) => {
  await page.goto("/danger-rules");
  await expect(page.getByRole("row", { name: /rm-root/ })).toBeVisible();
  await page.getByRole("button", { name: "New rule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Rule").fill("no-telnet");
  await dialog.getByLabel("What is dangerous").fill("telnet sends passwords in the clear");
  await dialog.getByLabel("Regular expression").fill("\\btelnet\\b");
  await dialog.getByRole("button", { name: "Create" }).click();
  const row = page.getByRole("row", { name: /no-telnet/ });
  await expect(row).toContainText("own");

  const tried = async (text: string) => {
    await page.getByRole("button", { name: "Test a text" }).click();
    await page.getByLabel("Text to be tested").click();
    await page.keyboard.insertText(text);
  };
  await tried("#!/bin/sh\ntelnet db-1\n");
  await expect(page.getByRole("dialog")).toContainText("no-telnet");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();

  await row.getByRole("switch").click();
  await expect(row.getByRole("switch")).not.toBeChecked();
  await tried("#!/bin/sh\ntelnet db-1\n");
  await expect(page.getByText("Nothing was found")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();

  await page.getByRole("button", { name: "Edit rm-root" }).click();
  await expect(page.getByRole("dialog")).toContainText("only what becomes of a finding can be changed");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await row.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(row).toBeHidden();
});
