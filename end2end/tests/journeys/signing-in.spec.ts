import type { Locator } from "@playwright/test";
import { approve, arriveWithAccount, at, beginRegistration, expect, fillForm, logOut, on, passByQQ, register, test } from "../support.ts";

test("a newcomer registers by the form, leaves, and is known the next time", async ({ page, unique }) => {
  const [nickname, username] = [`小企鹅🐧 ${unique("n")}`, unique("ann")];
  await page.goto("/");
  await passByQQ(page, nickname);

  await expect(page).toHaveURL("/register");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(nickname);
  await expectLoadedAvatar(page.locator(".person img"));
  await fillForm(page, username, `  Ann.${username}@Example.COM `);

  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(username);
  await expect(on(page).nickname).toHaveText(nickname);
  await expect(page.getByText(`ann.${username}@example.com`)).toBeVisible();
  await expectLoadedAvatar(page.locator(".person img"));
  const expires = await on(page).tokenExpires.getAttribute("datetime");
  const days = (Date.parse(expires ?? "") - Date.now()) / 86_400_000;
  expect(days, "the sandbox's tokens live 60 days, as QQ's do now").toBeGreaterThan(50);
  expect(days).toBeLessThan(61);

  await logOut(page);
  await expect(on(page).qqButton).toBeVisible();
  await passByQQ(page, nickname);
  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(username);

  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(nickname);
  await expect(on(page).username).toHaveText(username);
});

test("one click makes an account with a generated name", async ({ page, unique }) => {
  const nickname = unique("lazy");
  await beginRegistration(page, nickname);
  await on(page).oneClick.click();

  await expect(page).toHaveURL("/account");
  await expect(on(page).nickname).toHaveText(nickname);
  await expect(on(page).username).toHaveText(/^[a-z]+-[a-z]+-\d+$/);
});

test("where one wanted to go survives the language switch, registration and errors in the form", async ({
  page,
  unique,
}) => {
  const next = "/?from=a mail&to=b#top";
  await page.goto("/login?" + new URLSearchParams({ next: next.replace(" ", "%20") }));
  await on(page).language("zh-CN").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");

  await passByQQ(page, unique("goer"));
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

test("a known person goes straight to where they wanted to go", async ({ page, unique }) => {
  const nickname = unique("known");
  await register(page, nickname, unique("known"));
  await logOut(page);
  await page.goto("/login?next=%2F%3Fx%3D1");
  await passByQQ(page, nickname);
  await expect(page).toHaveURL("/?x=1");
});

test("an address of another site is no place to go to", async ({ page, unique }) => {
  await page.goto("/login?next=" + encodeURIComponent("//evil.example/"));
  await passByQQ(page, unique("lured"));
  await on(page).oneClick.click();
  await expect(page).toHaveURL("/account");
});

test("the account page asks a stranger to sign in, and the login page passes on who did", async ({ page, unique }) => {
  await page.goto("/account");
  await expect(page).toHaveURL(at("/login?next=/account"));
  await passByQQ(page, unique("stranger"));
  await on(page).oneClick.click();
  await expect(page).toHaveURL("/account");

  await page.goto("/login");
  await expect(page).toHaveURL("/account");
  await page.goto("/register");
  await expect(page).toHaveURL("/account");
});

test("the registration page sends a stranger to the login page", async ({ page }) => {
  await page.goto("/register");
  await expect(page).toHaveURL("/login");
});

test("two people in two browsers have two accounts", async ({ page, pageElsewhere, unique }) => {
  const [one, other] = [unique("one"), unique("two")];
  await arriveWithAccount(page, one, one);
  await arriveWithAccount(pageElsewhere, other, other);
  await page.goto("/account");
  await pageElsewhere.goto("/account");
  await expect(on(page).username).toHaveText(one);
  await expect(on(pageElsewhere).username).toHaveText(other);
});

test("two tabs can be on their way to QQ at once, and finish in any order", async ({ page, context, unique }) => {
  const nickname = unique("tabs");
  await arriveWithAccount(page, nickname, nickname);
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

test("a newcomer with two registration pages open gets one account", async ({ page, context, unique }) => {
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

test("who goes back after signing in and approves again just goes on", async ({ page, context, unique }) => {
  const nickname = unique("back");
  await arriveWithAccount(page, nickname, nickname);
  await context.clearCookies();
  await page.goto("/login?next=%2F%3Fback%3D1");
  await passByQQ(page, nickname);
  await expect(page).toHaveURL("/?back=1");

  await page.goBack();
  await approve(page, nickname);
  await expect(page).toHaveURL("/?back=1");
  await expect(on(page).username).toHaveText(nickname);
});

test("QQ's answer opened again goes on, for a guest as for one who has yet to register", async ({ page, unique }) => {
  const nickname = unique("again");
  const answer = page.waitForRequest((request) => request.url().includes("/login/qq/callback?"));
  await beginRegistration(page, nickname, "/login?next=%2F%3Fagain%3D1");
  const callback = (await answer).url();

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

test("QQ's answer is worth nothing in another browser", async ({ page, pageElsewhere, unique }) => {
  const answer = page.waitForRequest((request) => request.url().includes("/login/qq/callback?"));
  await beginRegistration(page, unique("victim"));
  await pageElsewhere.goto((await answer).url());
  await expect(pageElsewhere).toHaveURL(/\/login\?error=expired/);
  await pageElsewhere.goto("/register");
  await expect(pageElsewhere).toHaveURL("/login");
});

for (const way of ["form", "one click"] as const) {
  test(`a double click makes one account: ${way}`, async ({ page, pageElsewhere, unique }) => {
    const [nickname, username] = [unique("double"), unique("double")];
    await beginRegistration(page, nickname);
    if (way === "form") {
      await on(page).usernameInput.fill(username);
      await on(page).emailInput.fill(`${username}@example.com`);
    }
    await (way === "form" ? on(page).submit : on(page).oneClick).dblclick();
    // The second click may be late and meet the next page, whatever is there.
    await expect(page).not.toHaveURL(/\/register/);

    // Wherever it led: there is one account, and the person gets into it.
    const names = new Set<string>();
    for (const _ of [1, 2]) {
      await pageElsewhere.context().clearCookies();
      await pageElsewhere.goto("/login");
      await passByQQ(pageElsewhere, nickname);
      await expect(pageElsewhere).toHaveURL("/account");
      names.add(await on(pageElsewhere).username.innerText());
    }
    expect(names.size).toBe(1);
    expect([...names][0]).toMatch(way === "form" ? username : /^[a-z]+-[a-z]+-\d+$/);
  });
}

async function expectLoadedAvatar(avatar: Locator) {
  await expect.poll(() => avatar.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
}
