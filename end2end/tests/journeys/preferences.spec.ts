import type { Page } from "@playwright/test";
import { beginRegistration, expect, on, test } from "../support.ts";

const languages = [
  { locale: "en-GB", tag: "en", title: "Sign in", other: { tag: "zh-CN", title: "登录" } },
  { locale: "zh-TW", tag: "zh-CN", title: "登录", other: { tag: "en", title: "Sign in" } },
  // An unsupported language falls back to Chinese.
  { locale: "fr", tag: "zh-CN", title: "登录", other: { tag: "en", title: "Sign in" } },
];

for (const { locale, tag, title, other } of languages) {
  test.describe(() => {
    test.use({ locale });

    test(`a browser set to ${locale} gets ${tag}, until the user chooses ${other.tag}`, async ({ page }) => {
      const heading = page.getByRole("heading", { level: 1 });
      await page.goto("/login");
      await expect(page.locator("html")).toHaveAttribute("lang", tag);
      await expect(heading).toHaveText(title);
      await expect(on(page).language(tag)).toHaveAttribute("aria-pressed", "true");

      await on(page).language(other.tag).click();
      await expect(page).toHaveURL("/login");
      await expect(page.locator("html")).toHaveAttribute("lang", other.tag);
      await expect(heading).toHaveText(other.title);
      await expect(on(page).language(other.tag)).toHaveAttribute("aria-pressed", "true");
      await expect(on(page).language(tag)).toHaveAttribute("aria-pressed", "false");

      await page.goto("/");
      await expect(page.locator("html")).toHaveAttribute("lang", other.tag);
    });
  });
}

test("each language is labelled in its own language", async ({ page }) => {
  await page.goto("/");
  for (const [tag, name] of [["zh-CN", "中文"], ["en", "English"]] as const) {
    await expect(on(page).language(tag)).toHaveText(name);
    await expect(on(page).language(tag)).toHaveAttribute("lang", tag);
  }
});

test("the language switch returns to the same page, with its error and `next`", async ({ page }) => {
  await page.goto("/login?next=%2F%3Fx%3D1&error=expired");
  await on(page).language("zh-CN").click();
  await expect(page).toHaveURL("/login?next=%2F%3Fx%3D1&error=expired");
  await expect(on(page).alert).toContainText("本次登录已过期");
  await expect(on(page).qqButton).toHaveAttribute("href", "/login/qq?next=%2F%3Fx%3D1");
});

test("the chosen language is kept through QQ and registration", async ({ page, unique }) => {
  await page.goto("/");
  await on(page).language("zh-CN").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await beginRegistration(page, unique("speaker"));
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await on(page).oneClick.click();
  await expect(page).toHaveTitle(/^我的账号 - /);
  await on(page).language("en").click();
  await expect(page).toHaveURL("/account");
  await expect(page).toHaveTitle(/^My account - /);
});

test("a chosen theme overrides the system theme and is kept", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/login?next=%2F%3Fx%3D1");
  const light = await background(page);

  await on(page).theme("dark").click();
  await expect(page).toHaveURL("/login?next=%2F%3Fx%3D1");
  await expect(on(page).theme("dark")).toHaveAttribute("aria-pressed", "true");
  // Before its style sheet is loaded, a page has another background too.
  await page.waitForLoadState();
  await expect(page.locator("body")).not.toHaveCSS("background-color", light);
  const dark = await background(page);
  await page.reload();
  await expect(page.locator("body")).toHaveCSS("background-color", dark);

  await page.emulateMedia({ colorScheme: "dark" });
  await on(page).theme("light").click();
  await expect(page.locator("body")).toHaveCSS("background-color", light);
  // It is stored a moment after it is shown.
  await expect(on(page).theme("light")).toHaveAttribute("aria-pressed", "true");
  await page.goto("/");
  await expect(page.locator("body")).toHaveCSS("background-color", light);
});

test("the system theme is the default and can be chosen again", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/");
  await expect(on(page).theme("system")).toHaveAttribute("aria-pressed", "true");
  const light = await background(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(page.locator("body")).not.toHaveCSS("background-color", light);
  const dark = await background(page);

  await on(page).theme("light").click();
  await expect(page.locator("body")).toHaveCSS("background-color", light);
  await on(page).theme("system").click();
  await expect(page.locator("body")).toHaveCSS("background-color", dark);
  await page.emulateMedia({ colorScheme: "light" });
  await expect(page.locator("body")).toHaveCSS("background-color", light);
});

function background(page: Page): Promise<string> {
  return page.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor);
}
