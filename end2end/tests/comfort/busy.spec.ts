import type { Locator, Page } from "@playwright/test";
import { approve, openRegistration, expect, on, stopClock, test } from "../support.ts";

// Nothing comes back at first, as from a server that is slow: the browser stays on the page.

/** How long something pressed stays busy, in milliseconds. */
const givenUp = 15_000;

test.beforeEach(({ page }) => page.clock.install());

test("a pressed QQ button is busy, as large as before, until the page is shown again", async ({ page, unique }) => {
  const { qqButton } = on(page);
  await openLogin(page);
  const sent = await answerNothing(page, "**/login/qq");
  const size = await qqButton.boundingBox();
  await expect(qqButton).not.toHaveAttribute("aria-busy");
  await expect(qqButton.getByText("Going to QQ…")).toBeHidden();

  await qqButton.click();
  await expectBusy(qqButton);
  await expect(qqButton.getByText("Going to QQ…")).toBeVisible();
  expect(await qqButton.boundingBox()).toEqual(size);
  await qqButton.click();

  await showAgain(page);
  await expect(qqButton).not.toHaveAttribute("aria-busy");
  await page.unroute("**/login/qq");
  await qqButton.click();
  await approve(page, unique("patient"));
  await expect(page).toHaveURL("/register");
  // Whatever else was sent came before this.
  expect(sent).toEqual(["GET"]);
});

for (const way of ["submit", "oneClick"] as const) {
  test(`a second press of a button sends nothing: ${way}`, async ({ page, unique }) => {
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
    const sent = await answerNothing(page, address);
    await button.dblclick();
    await expectBusy(button);
    await button.click();

    await showAgain(page);
    await page.unroute(address);
    await button.click();
    await expect(page).toHaveURL("/account");
    // Whatever else was sent came before this.
    expect(sent).toEqual(["POST"]);
  });
}

test("a submit button is busy before the WebAssembly is loaded", async ({ page, unique }) => {
  await page.route("**/*.wasm*", () => {});
  await openRegistration(page, unique("early"));
  const { oneClick } = on(page);
  const sent = await answerNothing(page, "**/register/auto");
  await oneClick.dblclick();
  await expectBusy(oneClick);
  await expect(page.locator("html")).not.toHaveAttribute("data-hydrated");
  await expect.poll(() => sent).toEqual(["POST"]);
});

test("what gets no answer can be pressed again after a while", async ({ page }) => {
  const { qqButton } = on(page);
  await openLogin(page);
  await answerNothing(page, "**/login/qq");
  await qqButton.click();
  await page.clock.runFor(givenUp - 1);
  await expectBusy(qqButton);
  await page.clock.runFor(1);
  await expect(qqButton).not.toHaveAttribute("aria-busy");
});

test("what is pressed again once the page was shown again is busy as long as the first time", async ({ page }) => {
  const { qqButton } = on(page);
  await openLogin(page);
  await answerNothing(page, "**/login/qq");
  await qqButton.click();
  await page.clock.runFor(givenUp - 1000);
  await showAgain(page);
  await qqButton.click();
  await page.clock.runFor(givenUp - 1);
  await expectBusy(qqButton);
  await page.clock.runFor(1);
  await expect(qqButton).not.toHaveAttribute("aria-busy");
});

test("opening QQ in another tab leaves the button as it is", async ({ page, context }) => {
  await openLogin(page);
  const opened = context.waitForEvent("page");
  await on(page).qqButton.click({ modifiers: ["ControlOrMeta"] });
  await expect(on(await opened).sandboxPerson).toBeVisible();
  await expect(on(page).qqButton).not.toHaveAttribute("aria-busy");
});

/** From here on the page's time stands still. */
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

/** Gives the methods of the requests that were left without an answer. */
async function answerNothing(page: Page, address: string): Promise<string[]> {
  const methods: string[] = [];
  await page.route(address, async (route) => {
    methods.push(route.request().method());
    await route.fulfill({ status: 204 });
  });
  return methods;
}

/** As a browser does that shows a page from its memory. Chromium keeps none in memory while it is tested. */
function showAgain(page: Page) {
  return page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
}
