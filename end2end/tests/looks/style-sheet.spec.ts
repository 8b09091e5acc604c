import { expect, test } from "../support.ts";
import type { Page } from "@playwright/test";

test("the style sheet has nothing that older browsers cannot read", async ({ page }) => {
  const styles = await styleSheet(page);
  expect(styles).toContain("--page-bg:");
  expect(styles).not.toContain("light-dark(");
  expect(styles).not.toContain(":has(");
  // Ranges in media queries.
  expect(styles).not.toMatch(/\((width|height) ?[<>]/);
});

// Browsers before 2022 skip whatever is in a layer.
test.describe("without layers", () => {
  test.use({ colorScheme: "dark" });

  test("pages keep colours and layout", async ({ page }) => {
    const styles = withoutLayers(await styleSheet(page));
    await page.route("**/*.css*", (route) => route.fulfill({ contentType: "text/css", body: styles }));
    await page.goto("/login");
    await expect(page.locator("body")).not.toHaveCSS("background-color", "rgba(0, 0, 0, 0)");
    await expect(page.locator(".card")).toHaveCSS("display", "flex");
    await expect(page.getByTestId("login-qq")).toHaveCSS("background-color", "rgb(98, 177, 255)");
  });
});

async function styleSheet(page: Page): Promise<string> {
  await page.goto("/");
  const address = await page.locator("link[rel=stylesheet]").getAttribute("href");
  return (await page.request.get(address ?? "")).text();
}

/** Removes `@layer` rules with all they contain: declarations, in rules of one level. */
function withoutLayers(styles: string): string {
  const shortened = styles.replace(/@layer [^{};]*(;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})/g, "");
  expect(shortened.length).toBeLessThan(styles.length);
  expect(shortened).not.toContain("@layer");
  return shortened;
}
