import { approve, arriveWithAccount, expect, on, test } from "../support.ts";

test("the permission is renewed by a button", async ({ page, unique }) => {
  await arriveWithAccount(page, unique("n"), unique("keeper"));
  await page.goto("/account");
  await expect(page.getByTestId("token-state")).toHaveText("Good");
  await on(page).renew.click();
  await expect(page).toHaveURL("/account");
  await expect(page.getByRole("status")).toHaveText("QQ authorization renewed.");
  await page.reload();
  await expect(page.getByRole("status")).toHaveCount(0);
});

test("nickname and avatar are fetched anew by a button", async ({ page, unique }) => {
  const nickname = unique("n");
  await arriveWithAccount(page, nickname, unique("looker"));
  await page.goto("/account");
  await on(page).updatePortrait.click();
  await expect(page).toHaveURL("/account");
  await expect(page.getByRole("status")).toHaveText("Your nickname and avatar are up to date.");
  await expect(on(page).nickname).toHaveText(nickname);
});

test("nickname and avatar stand in the header of every page", async ({ page, unique }) => {
  const nickname = unique("小企鹅");
  await arriveWithAccount(page, nickname, unique("header"));
  for (const path of ["/", "/account"]) {
    await page.goto(path);
    const link = page.getByRole("banner").getByRole("link", { name: nickname });
    await expect(link).toHaveAttribute("href", "/account");
    await expect(link.locator("img")).toHaveJSProperty("naturalWidth", 100);
    await expect(link.locator("img")).toHaveAttribute("src", /^\/avatar\/[0-9a-f]{64}$/);
  }
});

test("somebody else who comes back from QQ is told that the first one was signed out", async ({ page, unique }) => {
  await arriveWithAccount(page, unique("first"), unique("first"));
  const second = unique("second");
  await page.goto("/login/qq");
  await approve(page, second);
  await expect(page).toHaveURL("/register");
  await expect(page.getByRole("status")).toContainText("You're now signed in with a different QQ account");
  await on(page).oneClick.click();
  await expect(page).toHaveURL("/account");
  await expect(on(page).nickname).toHaveText(second);
  await expect(page.getByRole("status")).toHaveCount(0);
});
