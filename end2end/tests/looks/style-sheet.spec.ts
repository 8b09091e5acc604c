import { expect, test } from "../support.ts";

test("themes work in older browsers, without light-dark()", async ({ page }) => {
  await page.goto("/");
  const address = await page.locator("link[rel=stylesheet]").getAttribute("href");
  const styles = await (await page.request.get(address ?? "")).text();
  expect(styles).toContain("--page-bg:");
  expect(styles).not.toContain("light-dark(");
});
