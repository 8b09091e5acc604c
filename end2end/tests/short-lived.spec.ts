import type { Page } from "@playwright/test";
import { shortLived } from "../run.ts";
import { approve, expect, on, register, test } from "./support.ts";

// Tokens live five seconds here. Nobody waits for a time: a thing is done again and again until the token is another.

const expires = (page: Page) => on(page).tokenExpires.getAttribute("datetime");

/** Does something on the account page, which never shows an error, until its token is another one. */
async function untilRenewed(page: Page, act: () => Promise<unknown>) {
  const before = await expires(page);
  while ((await expires(page)) === before) {
    await act();
    await expect(page).toHaveURL("/account");
    await expect(on(page).alert).toHaveCount(0);
  }
}

test("whoever stays on the account page crosses the end of the token, twice, and sees no error", async ({ page, unique }) => {
  await register(page, unique("stayer"), unique("stayer"));
  await untilRenewed(page, () => page.reload());
  await untilRenewed(page, () => page.reload());
});

test("what needs the token works before and after its end", async ({ page, unique }) => {
  await register(page, unique("presser"), unique("presser"));
  await untilRenewed(page, async () => {
    // The page before says the same of the press before.
    const nextPage = page.waitForEvent("framenavigated");
    await on(page).updatePortrait.click();
    await nextPage;
    await expect(page.getByRole("status")).toHaveText("Your nickname and avatar are up to date.");
  });
});

test("a token that cannot be renewed leads by QQ and back to the same page", async ({ page, request, unique }) => {
  const nickname = unique("traveller");
  await register(page, nickname, nickname);
  const before = await expires(page);
  await request.put(`${shortLived.sandboxURL}/sandbox/faults/token`, { data: { fault: "refresh_used", times: 1 } });
  while (new URL(page.url()).pathname === "/account") {
    await page.goto("/account");
  }
  await approve(page, nickname);
  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(nickname);
  expect(await expires(page)).not.toBe(before);
});
