import type { Locator } from "@playwright/test";
import { approve, createAccount, at, beginRegistration, expect, fillForm, logOut, on, signInWithQQ, register, test } from "../support.ts";

test("a new user registers with the form, signs out, and is recognized at the next sign-in", async ({ page, unique }) => {
  const [nickname, username] = [`小企鹅🐧 ${unique("n")}`, unique("ann")];
  await page.goto("/");
  await signInWithQQ(page, nickname);

  await expect(page).toHaveURL("/register");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(nickname);
  await expectLoadedAvatar(page.getByRole("main").locator(".avatar img"));
  await fillForm(page, username, `  Ann.${username}@Example.COM `);

  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(username);
  await expect(on(page).nickname).toHaveText(nickname);
  await expect(page.getByText(`ann.${username}@example.com`)).toBeVisible();
  await expectLoadedAvatar(page.getByRole("main").locator(".avatar img"));
  const expires = await on(page).tokenExpires.getAttribute("datetime");
  const days = (Date.parse(expires ?? "") - Date.now()) / 86_400_000;
  expect(days, "the lifetime of the sandbox's tokens is 60 days, like QQ's").toBeGreaterThan(50);
  expect(days).toBeLessThan(61);

  await logOut(page);
  await expect(on(page).qqButton).toBeVisible();
  await signInWithQQ(page, nickname);
  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(username);

  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(nickname);
  await expect(on(page).username).toHaveText(username);
});

test("one click creates an account with a generated username", async ({ page, unique }) => {
  const nickname = unique("lazy");
  await beginRegistration(page, nickname);
  await on(page).oneClick.click();

  await expect(page).toHaveURL("/account");
  await expect(on(page).nickname).toHaveText(nickname);
  await expect(on(page).username).toHaveText(/^[a-z]+-[a-z]+-\d+$/);
});

test("`next` survives the language switch, registration and form errors", async ({
  page,
  unique,
}) => {
  const next = "/?from=a mail&to=b#top";
  await page.goto("/login?" + new URLSearchParams({ next: next.replace(" ", "%20") }));
  await on(page).language("zh-CN").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");

  await signInWithQQ(page, unique("goer"));
  await expect(page).toHaveURL("/register");
  await on(page).language("en").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");

  await fillForm(page, "x", "y");
  await expect(on(page).alert).toBeVisible();
  await on(page).language("zh-CN").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await fillForm(page, unique("goer"));
  await expect(page).toHaveURL(at(next));
});

test("an existing user goes straight to `next`", async ({ page, unique }) => {
  const nickname = unique("known");
  await register(page, nickname, unique("known"));
  await logOut(page);
  await page.goto("/login?next=%2F%3Fx%3D1");
  await signInWithQQ(page, nickname);
  await expect(page).toHaveURL("/?x=1");
});

test("`next` with the address of another site is ignored", async ({ page, unique }) => {
  await page.goto("/login?next=" + encodeURIComponent("//evil.example/"));
  await signInWithQQ(page, unique("lured"));
  await on(page).oneClick.click();
  await expect(page).toHaveURL("/account");
});

test("the account page redirects to login, and the login page redirects signed-in users", async ({ page, unique }) => {
  await page.goto("/account");
  await expect(page).toHaveURL(at("/login?next=/account"));
  await signInWithQQ(page, unique("visitor"));
  await on(page).oneClick.click();
  await expect(page).toHaveURL("/account");

  await page.goto("/login");
  await expect(page).toHaveURL("/account");
  await page.goto("/register");
  await expect(page).toHaveURL("/account");
});

test("the registration page redirects to login without a pending registration", async ({ page }) => {
  await page.goto("/register");
  await expect(page).toHaveURL("/login");
});

test("two users in two browsers have two accounts", async ({ page, otherBrowserPage, unique }) => {
  const [one, other] = [unique("one"), unique("two")];
  await createAccount(page, one, one);
  await createAccount(otherBrowserPage, other, other);
  await page.goto("/account");
  await otherBrowserPage.goto("/account");
  await expect(on(page).username).toHaveText(one);
  await expect(on(otherBrowserPage).username).toHaveText(other);
});

test("two tabs can sign in at the same time and finish in any order", async ({ page, context, unique }) => {
  const nickname = unique("tabs");
  await createAccount(page, nickname, nickname);
  await context.clearCookies();

  const second = await context.newPage();
  for (const [tab, place] of [[page, "first"], [second, "second"]] as const) {
    await tab.goto(`/login?next=%2F%3Ftab%3D${place}`);
    await on(tab).qqButton.click();
    await expect(on(tab).sandboxPerson).toBeVisible();
  }
  await approve(second, nickname);
  await expect(second).toHaveURL("/?tab=second");
  await approve(page, nickname);
  await expect(page).toHaveURL("/?tab=first");
  await expect(on(page).username).toHaveText(nickname);
});

test("a new user with two open registration pages gets one account", async ({ page, context, unique }) => {
  const [nickname, username] = [unique("twice"), unique("twice")];
  const second = await context.newPage();
  await beginRegistration(page, nickname);
  await beginRegistration(second, nickname);
  await fillForm(page, username);
  await expect(page).toHaveURL("/account");

  await fillForm(second, unique("other"));
  await expect(second).toHaveURL("/account");
  await expect(on(second).username).toHaveText(username);
});

test("going back after sign-in and approving again continues to `next`", async ({ page, context, unique }) => {
  const nickname = unique("back");
  await createAccount(page, nickname, nickname);
  await context.clearCookies();
  await page.goto("/login?next=%2F%3Fback%3D1");
  await signInWithQQ(page, nickname);
  await expect(page).toHaveURL("/?back=1");

  await page.goBack();
  await approve(page, nickname);
  await expect(page).toHaveURL("/?back=1");
  await expect(on(page).username).toHaveText(nickname);
});

test("a callback opened again continues, before and after registration", async ({ page, unique }) => {
  const nickname = unique("again");
  const callbackRequest = page.waitForRequest((request) => request.url().includes("/login/qq/callback?"));
  await beginRegistration(page, nickname, "/login?next=%2F%3Fagain%3D1");
  const callback = (await callbackRequest).url();

  await page.goto(callback);
  await expect(page).toHaveURL(/\/(register|login\?error=expired.*)$/);
  await page.goto("/register");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(nickname);
  await on(page).oneClick.click();
  await expect(page).toHaveURL("/?again=1");

  await page.goto(callback);
  await expect(page).toHaveURL("/?again=1");
  await expect(on(page).username).toBeVisible();
});

test("a callback is invalid in another browser", async ({ page, otherBrowserPage, unique }) => {
  const callbackRequest = page.waitForRequest((request) => request.url().includes("/login/qq/callback?"));
  await beginRegistration(page, unique("victim"));
  await otherBrowserPage.goto((await callbackRequest).url());
  await expect(otherBrowserPage).toHaveURL(/\/login\?error=expired/);
  await otherBrowserPage.goto("/register");
  await expect(otherBrowserPage).toHaveURL("/login");
});

for (const method of ["form", "one click"] as const) {
  test(`a double click creates one account: ${method}`, async ({ page, otherBrowserPage, unique }) => {
    const [nickname, username] = [unique("double"), unique("double")];
    await beginRegistration(page, nickname);
    if (method === "form") {
      await on(page).usernameInput.fill(username);
      await on(page).emailInput.fill(`${username}@example.com`);
    }
    await (method === "form" ? on(page).submit : on(page).oneClick).dblclick();
    // The second click may hit the next page.
    await expect(page).not.toHaveURL(/\/register/);

    // There is exactly one account, and the user can sign in to it.
    const names = new Set<string>();
    for (const _ of [1, 2]) {
      await otherBrowserPage.context().clearCookies();
      await otherBrowserPage.goto("/login");
      await signInWithQQ(otherBrowserPage, nickname);
      await expect(otherBrowserPage).toHaveURL("/account");
      names.add(await on(otherBrowserPage).username.innerText());
    }
    expect(names.size).toBe(1);
    expect([...names][0]).toMatch(method === "form" ? username : /^[a-z]+-[a-z]+-\d+$/);
  });
}

async function expectLoadedAvatar(avatar: Locator) {
  await expect.poll(() => avatar.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
}
