import type { Locator, Page } from "@playwright/test";
import { approve, arriveAsNewcomer, expect, on, test } from "../support.ts";

test("one can sign in and out with Tab and Enter alone", async ({ page, unique }) => {
  const username = unique("keys");
  await page.goto("/");
  await tabTo(page, on(page).qqButton);
  await page.keyboard.press("Enter");
  await approve(page, username);

  await expect(page).toHaveURL("/register");
  await tabTo(page, on(page).usernameInput);
  await page.keyboard.type(username);
  await tabTo(page, on(page).emailInput);
  await page.keyboard.type(`${username}@example.com`);
  await page.keyboard.press("Enter");

  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(username);
  await tabTo(page, on(page).logout);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/");
  await expect(on(page).qqButton).toBeVisible();
});

test("after an error the first Tab reaches the first link, which leads to its field", async ({ page, unique }) => {
  await arriveAsNewcomer(page, unique("keys"));
  await tabTo(page, on(page).submit);
  await page.keyboard.press("Enter");
  await expect(on(page).alert).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(on(page).alert.getByRole("link").first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(on(page).usernameInput).toBeFocused();
});

test("the first Tab shows a link that skips to the content", async ({ page }) => {
  await page.goto("/login");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).not.toBeInViewport();
  await page.keyboard.press("Tab");
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

/** Presses Tab until `target` has the focus. Whatever has it on the way must show that. */
async function tabTo(page: Page, target: Locator) {
  // In a page that is still being read, Tab leads nowhere.
  await expect(target).toBeVisible();
  await page.waitForLoadState();
  const focused = page.locator(":focus");
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press("Tab");
    await expect(focused).toHaveCSS("outline-style", "solid");
    if (await target.evaluate((element) => element === document.activeElement)) {
      return;
    }
  }
  throw new Error("Tab does not get there");
}
