import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { scenes } from "../scenes.ts";
import { openRegistration, errorOf, expect, on, test } from "../support.ts";
import { expectFitForNarrowScreens } from "./narrow.ts";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

for (const locale of ["en", "zh-CN"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${locale}, ${colorScheme}`, () => {
      test.use({ locale, colorScheme });

      for (const { name, errorStatus, open } of scenes) {
        test(`meets WCAG and fits a narrow screen: ${name}`, async ({ page, unique, watch }) => {
          if (errorStatus) {
            watch.expectStatus(errorStatus.status, errorStatus.path);
          }
          await open(page, unique);
          await expect(page.locator("html")).toHaveAttribute("lang", locale);
          await expectNoViolations(page);
          await expectFitForNarrowScreens(page);
          await expectNoViolations(page);
        });
      }

      test("meets WCAG: messages while typing", async ({ page, unique }) => {
        await openRegistration(page, unique("typist"));
        await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
        await on(page).usernameInput.fill(unique("free"));
        await on(page).emailInput.fill("nonsense");
        await expect(errorOf(page, "email")).toBeVisible();
        await expect(page.locator(".field-status")).toHaveText(/available|可用/);
        await expectNoViolations(page);
      });

      test("meets WCAG: a busy button", async ({ page }) => {
        await page.goto("/login");
        await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
        // A 204 response keeps the browser on the page.
        await page.route("**/login/qq", (route) => route.fulfill({ status: 204 }));
        await on(page).qqButton.press("Enter");
        await expect(on(page).qqButton).toHaveAttribute("aria-busy", "true");
        await expectNoViolations(page);
      });
    });
  }
}

async function expectNoViolations(page: Page) {
  // The sandbox's lists can be long; their rows are all alike.
  const axe = new AxeBuilder({ page }).options({ rules: { region: { enabled: true } } }).withTags(rules);
  const { violations } = await axe.exclude("tr:nth-child(n+4), li:nth-child(n+6)").analyze();
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`));
  expect(found.slice(0, 5)).toEqual([]);
}
