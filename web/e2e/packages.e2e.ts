// The list of packages: searched, filtered, sorted and leafed through, with its place in the address.

import { expect, type APIRequestContext, type Page } from "@playwright/test";

import { fromSetup, test } from "./world";

/** One more than a page holds. */
const COUNT = 51;
const name = (index: number) => `listed-${String(index).padStart(2, "0")}`;

/** A package of one version, made as a draft; every third is a script. */
async function make(request: APIRequestContext, index: number) {
  const headers = { Origin: fromSetup("E2E_URL"), "Sec-Fetch-Site": "same-origin" };
  const call = async (method: "post" | "put", path: string, data: unknown): Promise<unknown> => {
    const answer = await request[method](`/api/v1${path}`, { headers, data });
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
    return answer.json();
  };
  const isScript = index % 3 === 0;
  const draft = { package: name(index), kind: isScript ? "script" : "file", start: { with: "empty" }, version: "1.0.0" };
  const { id } = (await call("post", "/drafts", draft)) as { id: string };
  const operations = [{ op: "write_text", path: "run.sh", text: "#!/bin/sh\ntrue\n", mode: "755", expect: "absent" }];
  await call("post", `/drafts/${id}/operations`, { operations });
  const { manifest } = (await (await request.get(`/api/v1/drafts/${id}/manifest`)).json()) as { manifest: object };
  const script = isScript ? { script: { entry: "run.sh", interpreter: "sh" } } : {};
  const said = { description: index === 7 ? "the lucky one" : "one of many", tags: index % 2 === 0 ? ["even"] : ["odd"], ...script };
  await call("put", `/drafts/${id}/manifest`, { manifest: { ...manifest, ...said }, expect: "absent" });
  await call("post", `/drafts/${id}/publish`, {});
}

const rows = (page: Page) => page.locator("main tbody tr.ant-table-row");
const first = (page: Page) => rows(page).first();

test.describe.serial("the list of packages", () => {
  test("begins with some", async ({ request }) => {
    test.slow();
    for (let index = 0; index < COUNT; index += 1) await make(request, index);
  });

  test("is searched by name and description", async ({ page }) => {
    await page.goto("/packages");
    await page.getByLabel("Name, description, creator or tag").fill("lucky");
    await expect(rows(page)).toHaveCount(1);
    await expect(first(page)).toContainText(name(7));
    await expect(page).toHaveURL(/search=lucky/);
    await page.getByLabel("Name, description, creator or tag").fill("no such package anywhere");
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect(rows(page)).not.toHaveCount(0);
  });

  test("is filtered by kind and tag, and keeps it over a reload", async ({ page }) => {
    await page.goto("/packages?search=listed");
    await page.getByRole("combobox", { name: "Kind" }).click();
    await page.getByTitle("Script", { exact: true }).click();
    await expect(rows(page)).toHaveCount(COUNT / 3);
    await first(page).getByRole("button", { name: /even|odd/ }).click();
    await expect(page).toHaveURL(/tag=/);
    const count = await rows(page).count();
    expect(count).toBeLessThan(COUNT / 3);
    await page.reload();
    await expect(rows(page)).toHaveCount(count);
  });

  test("is sorted by a column, up and down", async ({ page }) => {
    await page.goto("/packages?search=listed");
    await page.getByRole("columnheader", { name: "Name" }).click();
    await expect(first(page)).toContainText(name(0));
    await page.getByRole("columnheader", { name: "Name" }).click();
    await expect(first(page)).toContainText(name(COUNT - 1));
    await expect(page).toHaveURL(/sort=-name/);
  });

  test("is leafed through, there and back", async ({ page }) => {
    await page.goto("/packages?search=listed&sort=name");
    await expect(rows(page)).toHaveCount(50);
    await page.getByRole("button", { name: "Next page" }).click();
    await expect(rows(page)).toHaveCount(COUNT - 50);
    await expect(first(page)).toContainText(name(50));
    await page.reload();
    await page.getByRole("button", { name: "Previous page" }).click();
    await expect(first(page)).toContainText(name(0));
  });

  test("hides the columns that a person does not want, for good", async ({ page }) => {
    await page.goto("/packages");
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("menuitem", { name: "Creator" }).click();
    await expect(page.getByRole("columnheader", { name: "Creator" })).toHaveCount(0);
    await page.reload();
    await expect(first(page)).toBeVisible();
    await expect(page.getByRole("columnheader", { name: "Creator" })).toHaveCount(0);
  });
});
