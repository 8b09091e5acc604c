import { approve, expect, errorCodes, on, sandboxURL, test } from "../support.ts";

test("cancelling on a PC stays on QQ's page, and the button works again after going back", async ({ page, unique }) => {
  await page.goto("/login");
  await on(page).qqButton.click();
  await on(page).sandboxCancel.click();
  await expect(page).toHaveURL((url) => url.origin === new URL(sandboxURL).origin);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign-in cancelled");

  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL("/login");
  await expect(on(page).qqButton).toBeVisible();
  await expect(on(page).qqButton).not.toHaveAttribute("aria-busy");
  await on(page).qqButton.click();
  await approve(page, unique("undecided"));
  await expect(page).toHaveURL("/register");
});

test.describe("on a phone", () => {
  test.use({
    userAgent:
      "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
    viewport: { width: 412, height: 839 },
    isMobile: true,
    hasTouch: true,
  });

  test("cancelling returns to the login page with a neutral message, and a new try succeeds", async ({ page, unique }) => {
    await page.goto("/login?next=%2F%3Fx%3D1");
    await on(page).qqButton.tap();
    await expect(page).toHaveURL(/display=mobile/);
    await on(page).sandboxCancel.tap();

    await expect(page).toHaveURL((url) => url.pathname === "/login" && url.searchParams.get("error") === "cancelled");
    await expect(on(page).alert).toContainText("You cancelled the QQ sign-in");
    await expect(on(page).alert).not.toContainText(/error|fail|wrong/i);

    await on(page).qqButton.tap();
    await approve(page, unique("phone"));
    await on(page).oneClick.tap();
    await expect(page).toHaveURL("/?x=1");
  });
});

for (const locale of ["en", "zh-CN"]) {
  test.describe(() => {
    test.use({ locale });

    test(`the login page explains each error code differently: ${locale}`, async ({ page }) => {
      const titles = new Set<string>();
      for (const code of errorCodes) {
        await test.step(code, async () => {
          await page.goto(`/login?error=${code}&next=%2F%3Fx%3D1`);
          await expect(page.locator("html")).toHaveAttribute("lang", locale);
          await expect(on(page).alert.getByRole("paragraph")).not.toBeEmpty();
          titles.add(await on(page).alert.getByRole("heading").innerText());
          await expect(on(page).qqButton).toBeVisible();
          await expect(on(page).qqButton).toHaveAttribute("href", "/login/qq?next=%2F%3Fx%3D1");
        });
      }
      expect(titles.size).toBe(errorCodes.length);
    });
  });
}

test("an unknown error code shows no error", async ({ page }) => {
  await page.goto("/login?error=%3Cb%3Eboo");
  await expect(on(page).qqButton).toBeVisible();
  await expect(on(page).alert).toHaveCount(0);
});

test("a callback without a login shows expired", async ({ page }) => {
  await page.goto("/login/qq/callback?code=MADE0UP0BY0THIS0TEST&state=made-up");
  await expect(page).toHaveURL(/\/login\?error=expired/);
  await expect(on(page).alert).toContainText("This sign-in has expired");
});

test("an unknown path shows a page with a link to the home page", async ({ page, watch }) => {
  watch.expectStatus(404, "/no/such/page");
  const response = await page.goto("/no/such/page");
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");
  await page.getByRole("link", { name: "Back to home" }).click();
  await expect(page).toHaveURL("/");
});

test("opening the sign-out URL as a link signs nobody out", async ({ page, watch }) => {
  watch.expectStatus(405, "/logout");
  await page.goto("/logout");
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByRole("link", { name: "Back to home" }).click();
  await expect(page).toHaveURL("/");
});
