// How pages are looked at: the looks that they can wear, and the rules of axe.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Both themes and both languages, in two looks. */
export const LOOKS = [
  { theme: "light", language: "en" },
  { theme: "dark", language: "zh" },
] as const;

/** Wears a look from the next page on. */
export async function wear(page: Page, look: (typeof LOOKS)[number]) {
  await page.addInitScript(({ theme, language }) => {
    localStorage.setItem("packhorse.theme", theme);
    localStorage.setItem("packhorse.language", language);
  }, look);
}

/** Keeps a picture of the whole page in the folder that E2E_PICTURES names, for people who want to see what the stories see. */
export async function picture(page: Page, name: string) {
  const folder = process.env["E2E_PICTURES"];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

/** What axe finds on the page as it stands, in lines that name the rule and the place. */
export async function findings(page: Page): Promise<string[]> {
  await expect(page.locator(".cell-skeleton")).toHaveCount(0);
  // The mouse stands where it last clicked, maybe over something else by now.
  await page.mouse.move(0, 0);
  // Colours on their way from one to another are neither.
  await page.addStyleTag({ content: "*, ::before, ::after { transition: none !important; animation: none !important; }" });
  // The row by which a table of AntD measures its columns is hidden from everybody, with a copy of the checkbox in it.
  const { violations } = await new AxeBuilder({ page }).exclude(".ant-table-measure-row").analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ""}`));
}
