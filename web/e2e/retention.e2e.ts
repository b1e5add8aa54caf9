// Which versions are kept: a rule is tried on a package before it holds, and holds for the package or for the site.

import { expect } from "@playwright/test";

import { packFiles, pushArchive, test } from "./world";

const NAME = "kept-e2e";

test.describe.serial("retention", () => {
  test("a rule says what it would do to each version, and why, before it holds", async ({ page }) => {
    for (const version of ["1.0.0", "1.0.1", "1.0.2"]) await pushArchive(page, packFiles(NAME, version, { "version.txt": version }));
    await page.goto(`/packages/${NAME}?tab=retention`);
    await page.getByText("By a rule of its own").click();
    await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
    await page.getByLabel("Highest versions").fill("1");
    await page.getByRole("button", { name: "Preview" }).click();
    await expect(page.getByText("Nothing would be deleted; all 3 stay")).toBeVisible();
    await expect(page.getByRole("row", { name: /^1\.0\.2/ })).toContainText("it is the latest");
    await expect(page.getByRole("row", { name: /^1\.0\.0/ })).toContainText("it was pushed within the last day");

    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Set by admin")).toBeVisible();
    await page.reload();
    await expect(page.getByLabel("Highest versions")).toHaveValue("1");
  });

  test("the site's default holds where a package says nothing", async ({ page }) => {
    await page.goto("/storage?tab=retention");
    await page.getByText("Delete what this rule does not keep").click();
    await page.getByLabel("Days of use").fill("90");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Set by admin")).toBeVisible();

    await page.goto(`/packages/${NAME}?tab=retention`);
    await page.getByText("As the site's default says").click();
    await expect(page.getByText("keep those in use within 90 days; delete the rest.")).toBeVisible();
    await page.getByRole("button", { name: "Save" }).click();
    await page.reload();
    await expect(page.getByRole("radio", { name: "As the site's default says" })).toBeChecked();
  });
});
