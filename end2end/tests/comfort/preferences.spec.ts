import type { Page } from "@playwright/test";
import { createAccount, errorOf, expect, on, openRegistration, test } from "../support.ts";

/** Marks the document, to see whether it is still the same one. */
const mark = (page: Page) => page.evaluate(() => void (document.documentElement.dataset["mark"] = "here"));
const expectNoReload = (page: Page) => expect(page.locator("html")).toHaveAttribute("data-mark", "here");
const expectReload = (page: Page) => expect(page.locator("html:not([data-mark])")).toBeAttached();
const hydrated = (page: Page) => expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");

test("the theme changes without a reload and is stored", async ({ page }) => {
  await page.goto("/privacy");
  await hydrated(page);
  await mark(page);
  const stored = page.waitForResponse("/theme");
  await on(page).theme("dark").click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(on(page).theme("dark")).toHaveAttribute("aria-pressed", "true");
  await expect(on(page).theme("system")).toHaveAttribute("aria-pressed", "false");
  await expect(on(page).theme("dark")).toBeFocused();
  await stored;
  await expectNoReload(page);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("the last of several quick choices is stored", async ({ page }) => {
  await page.goto("/login");
  await hydrated(page);
  const themes = ["dark", "light", "dark", "light"];
  let responses = 0;
  const allStored = page.waitForResponse((response) => response.url().endsWith("/theme") && ++responses === themes.length);
  for (const theme of themes) {
    await on(page).theme(theme).click();
  }
  await allStored;
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
});

test("the language changes without a reload: texts, title, focus", async ({ page }) => {
  await page.goto("/login?next=%2F%3Fx%3D1&error=expired");
  await hydrated(page);
  await mark(page);
  await on(page).language("zh-CN").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await expect(page).toHaveTitle(/登录/);
  await expect(on(page).alert).toContainText("本次登录已过期");
  await expect(on(page).qqButton).toHaveAttribute("href", "/login/qq?next=%2F%3Fx%3D1");
  await expect(on(page).language("zh-CN")).toBeFocused();
  await expect(on(page).language("zh-CN")).toHaveAttribute("aria-pressed", "true");
  await expectNoReload(page);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
});

test("typed text and islands survive a change of language and theme", async ({ page, unique }) => {
  await openRegistration(page, unique("typist"));
  await hydrated(page);
  await on(page).usernameInput.fill("_x");
  await on(page).emailInput.fill("someone@example.com");
  await expect(errorOf(page, "username")).toHaveText("Username must start with a letter or number.");
  await mark(page);
  await on(page).theme("dark").click();
  await on(page).language("zh-CN").click();
  await expect(page.getByLabel("用户名", { exact: true })).toHaveValue("_x");
  await expect(on(page).emailInput).toHaveValue("someone@example.com");
  // The island speaks the new language, and still reacts.
  await expect(errorOf(page, "username")).toHaveText("用户名须以文字或数字开头。");
  await on(page).usernameInput.fill(unique("typist").slice(0, 30));
  await expect(page.getByText("用户名可用。")).toBeVisible();
  await expectNoReload(page);
});

test("a choice that cannot be sent in the background is sent as a form", async ({ page }) => {
  await page.goto("/login");
  await hydrated(page);
  await page.route("/theme", (route) => (route.request().isNavigationRequest() ? route.continue() : route.abort("aborted")));
  await mark(page);
  await on(page).theme("dark").click();
  await expectReload(page);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test.describe(() => {
  test.use({ timezoneId: "America/New_York" });

  test("times are in the browser's zone and in the page's language", async ({ page, unique }) => {
    const name = unique("clock");
    await createAccount(page, name, name);
    await page.goto("/account");
    await hydrated(page);
    const expires = on(page).tokenExpires;
    const date = new Date((await expires.getAttribute("datetime")) ?? "");
    const format = (lang: string) =>
      new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "short", timeZone: "America/New_York" }).format(date);
    await expect(expires).toHaveText(format("en"));
    await expect(page.locator("main").getByText("in 59 days")).toHaveAttribute("title", format("en"));
    await on(page).language("zh-CN").click();
    await expect(expires).toHaveText(format("zh-CN"));
    await expect(page.locator("main").getByText("59 天后")).toHaveAttribute("title", format("zh-CN"));
  });
});

test("the bar of the QQ authorization and its days count down while the page is open", async ({ page, unique }) => {
  const name = unique("waiter");
  await createAccount(page, name, name);
  await page.clock.install();
  await page.goto("/account");
  await hydrated(page);
  const days = page.locator("main time[data-relative]").first();
  const bar = page.locator("main meter");
  await expect(days).toHaveText("in 59 days");
  const value = () => bar.evaluate((meter: HTMLMeterElement) => meter.value);
  expect(await value()).toBeGreaterThan(99);
  await page.clock.fastForward(30 * 24 * 3_600_000);
  await expect(days).toHaveText("in 29 days");
  expect(await value()).toBeLessThan(50);
});

test("a page that is shown again says that the session has ended", async ({ page, unique, context }) => {
  const name = unique("leaver");
  await createAccount(page, name, name);
  await page.goto("/account");
  await hydrated(page);
  await mark(page);
  const other = await context.newPage();
  await other.request.post("/logout");
  const showAgain = () => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await showAgain();
  const notice = page.getByTestId("session-ended");
  await expect(notice).toContainText("You've been signed out");
  await showAgain();
  await expect(notice).toHaveCount(1);
  await expect(notice.getByRole("link")).toHaveAttribute("target", "_blank");
  await expectNoReload(page);
  await other.close();
});
