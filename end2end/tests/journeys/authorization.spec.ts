import { approve, createAccount, expect, on, test } from "../support.ts";

test("a button renews the QQ authorization", async ({ page, unique }) => {
  await createAccount(page, unique("n"), unique("keeper"));
  await page.goto("/account");
  await expect(page.getByTestId("token-state")).toHaveText("Active");
  await on(page).renew.click();
  await expect(page).toHaveURL("/account");
  await expect(page.getByRole("status")).toHaveText("QQ authorization renewed.");
  await page.reload();
  await expect(page.getByRole("status")).toHaveCount(0);
});

test("a button updates nickname and avatar", async ({ page, unique }) => {
  const nickname = unique("n");
  await createAccount(page, nickname, unique("updater"));
  await page.goto("/account");
  await on(page).updateProfile.click();
  await expect(page).toHaveURL("/account");
  await expect(page.getByRole("status")).toHaveText("Your nickname and avatar are up to date.");
  await expect(on(page).nickname).toHaveText(nickname);
});

test("the header of every page shows nickname and avatar", async ({ page, unique }) => {
  const nickname = unique("小企鹅");
  await createAccount(page, nickname, unique("header"));
  for (const path of ["/", "/account"]) {
    await page.goto(path);
    const link = page.getByRole("banner").getByRole("link", { name: nickname });
    await expect(link).toHaveAttribute("href", "/account");
    await expect(link.locator("img")).toHaveJSProperty("naturalWidth", 100);
    await expect(link.locator("img")).toHaveAttribute("src", /^\/avatar\/[0-9a-f]{64}$/);
  }
});

test("signing in with a different QQ account says that the first user was signed out", async ({ page, unique }) => {
  await createAccount(page, unique("first"), unique("first"));
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
