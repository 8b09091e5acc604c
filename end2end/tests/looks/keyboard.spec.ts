import type { Locator, Page } from "@playwright/test";
import { approve, openRegistration, expect, on, sandboxURL, test } from "../support.ts";

test("sign-in and sign-out work with Tab and Enter only", async ({ page, unique }) => {
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

test("after an error the first Tab reaches the first link, which focuses its field", async ({ page, unique }) => {
  await openRegistration(page, unique("keys"));
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

test("every focus stop of the sandbox's pages shows its focus", async ({ page }) => {
  await page.goto("/");
  await on(page).qqButton.click();
  await page.getByTestId("sandbox-person").click();
  await expect(page.getByTestId("sandbox-person")).toHaveCSS("outline-style", "solid");
  await page.reload();
  await tabTo(page, page.getByTestId("sandbox-person"));
  await tabTo(page, page.getByTestId("sandbox-cancel"));
  await page.goto(sandboxURL);
  await tabTo(page, page.getByRole("button").first());
});

/** Presses Tab until `target` has the focus. Every focused element on the way must show its focus. */
async function tabTo(page: Page, target: Locator) {
  // Tab does not work while a page is loading.
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
  throw new Error("Tab does not reach the target");
}
