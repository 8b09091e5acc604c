import type { Locator, Page } from "@playwright/test";
import { approve, openRegistration, expect, on, stopClock, test } from "../support.ts";

// Requests are answered with 204 at first, so that the browser stays on the page as with a slow server.

/** How long a pressed button stays busy. */
const recoversAfterMs = 15_000;

test.beforeEach(({ page }) => page.clock.install());

test("a clicked QQ button is busy, as large as before, until the page is shown again", async ({ page, unique }) => {
  const { qqButton } = on(page);
  await openLogin(page);
  const sent = await answerWith204(page, "**/login/qq");
  const size = await qqButton.boundingBox();
  await expect(qqButton).not.toHaveAttribute("aria-busy");
  await expect(qqButton.getByText("Going to QQ…")).toBeHidden();

  await qqButton.click();
  await expectBusy(qqButton);
  await expect(qqButton.getByText("Going to QQ…")).toBeVisible();
  expect(await qqButton.boundingBox()).toEqual(size);
  await qqButton.click();

  await showFromCache(page);
  await expect(qqButton).not.toHaveAttribute("aria-busy");
  await page.unroute("**/login/qq");
  await qqButton.click();
  await approve(page, unique("patient"));
  await expect(page).toHaveURL("/register");
  // A second request would have been recorded before this.
  expect(sent).toEqual(["GET"]);
});

for (const way of ["submit", "oneClick"] as const) {
  test(`a second click sends nothing: ${way}`, async ({ page, unique }) => {
    const name = unique("twice");
    await openRegistration(page, name);
    await expectHydrated(page);
    await stopClock(page);
    await on(page).usernameInput.fill(name);
    await on(page).emailInput.fill(`${name}@example.com`);
    await page.clock.runFor(1000);
    await expect(page.getByText("Username is available.")).toBeVisible();

    const button = on(page)[way];
    const address = way === "submit" ? "**/register" : "**/register/auto";
    const sent = await answerWith204(page, address);
    await button.dblclick();
    await expectBusy(button);
    await button.click();

    await showFromCache(page);
    await page.unroute(address);
    await button.click();
    await expect(page).toHaveURL("/account");
    // A second request would have been recorded before this.
    expect(sent).toEqual(["POST"]);
  });
}

test("a submit button is busy before the WebAssembly is loaded", async ({ page, unique }) => {
  await page.route("**/*.wasm*", () => {});
  await openRegistration(page, unique("early"));
  const { oneClick } = on(page);
  const sent = await answerWith204(page, "**/register/auto");
  await oneClick.dblclick();
  await expectBusy(oneClick);
  await expect(page.locator("html")).not.toHaveAttribute("data-hydrated");
  await expect.poll(() => sent).toEqual(["POST"]);
});

test("a button without a response recovers after 15 seconds", async ({ page }) => {
  const { qqButton } = on(page);
  await openLogin(page);
  await answerWith204(page, "**/login/qq");
  await qqButton.click();
  await page.clock.runFor(recoversAfterMs - 1);
  await expectBusy(qqButton);
  await page.clock.runFor(1);
  await expect(qqButton).not.toHaveAttribute("aria-busy");
});

test("a button clicked after a recovery is busy for the full 15 seconds", async ({ page }) => {
  const { qqButton } = on(page);
  await openLogin(page);
  await answerWith204(page, "**/login/qq");
  await qqButton.click();
  await page.clock.runFor(recoversAfterMs - 1000);
  await showFromCache(page);
  await qqButton.click();
  await page.clock.runFor(recoversAfterMs - 1);
  await expectBusy(qqButton);
  await page.clock.runFor(1);
  await expect(qqButton).not.toHaveAttribute("aria-busy");
});

test("opening QQ in another tab does not make the button busy", async ({ page, context }) => {
  await openLogin(page);
  const opened = context.waitForEvent("page");
  await on(page).qqButton.click({ modifiers: ["ControlOrMeta"] });
  await expect(on(await opened).sandboxPerson).toBeVisible();
  await expect(on(page).qqButton).not.toHaveAttribute("aria-busy");
});

/** Opens the login page and stops its clock. */
async function openLogin(page: Page) {
  await page.goto("/login");
  await expectHydrated(page);
  await stopClock(page);
}

async function expectHydrated(page: Page) {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
}

async function expectBusy(button: Locator) {
  await expect(button).toHaveAttribute("aria-busy", "true");
}

/** Answers requests with 204 and returns their methods. */
async function answerWith204(page: Page, address: string): Promise<string[]> {
  const methods: string[] = [];
  await page.route(address, async (route) => {
    methods.push(route.request().method());
    await route.fulfill({ status: 204 });
  });
  return methods;
}

/** Imitates the back/forward cache, which Chromium does not use under test. */
function showFromCache(page: Page) {
  return page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
}
