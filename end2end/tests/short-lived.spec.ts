import type { Page } from "@playwright/test";
import { shortLived } from "../run.ts";
import { approve, expect, on, register, test } from "./support.ts";

// Tokens live five seconds here. The tests do not sleep: they repeat an action until the token has changed.

const tokenExpiry = (page: Page) => on(page).tokenExpires.getAttribute("datetime");

/** Repeats an action on the account page until the token has changed. The page must never show an error. */
async function repeatUntilRefreshed(page: Page, act: () => Promise<unknown>) {
  const before = await tokenExpiry(page);
  while ((await tokenExpiry(page)) === before) {
    await act();
    await expect(page).toHaveURL("/account");
    await expect(on(page).alert).toHaveCount(0);
  }
}

test("the account page survives the end of the token twice without an error", async ({ page, unique }) => {
  await register(page, unique("stayer"), unique("stayer"));
  await repeatUntilRefreshed(page, () => page.reload());
  await repeatUntilRefreshed(page, () => page.reload());
});

test("updating the profile works before and after the token ends", async ({ page, unique }) => {
  await register(page, unique("presser"), unique("presser"));
  await repeatUntilRefreshed(page, async () => {
    // The previous page already shows the same message.
    const nextPage = page.waitForEvent("framenavigated");
    await on(page).updateProfile.click();
    await nextPage;
    // Another notice may say that the token ends soon.
    await expect(page.getByRole("status").filter({ hasText: "Your nickname and avatar are up to date." })).toBeVisible();
  });
});

test("a token that cannot be refreshed leads through QQ back to the same page", async ({ page, request, unique }) => {
  const nickname = unique("traveller");
  await register(page, nickname, nickname);
  const before = await tokenExpiry(page);
  await request.put(`${shortLived.sandboxURL}/sandbox/faults/token`, { data: { fault: "refresh_used", times: 1 } });
  while (new URL(page.url()).pathname === "/account") {
    await page.goto("/account");
  }
  await approve(page, nickname);
  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(nickname);
  expect(await tokenExpiry(page)).not.toBe(before);
});
