import type { Page } from "@playwright/test";
import { openRegistration, createAccount, errorOf, expect, on, stopClock, test } from "../support.ts";

test("a taken name is reported within a second after typing stops, until it is changed", async ({
  page,
  context,
  unique,
}) => {
  const taken = unique("taken");
  await createAccount(page, taken, taken);
  await context.clearCookies();
  await page.clock.install();
  await openRegistration(page, unique("typist"));
  await expectHydrated(page);
  await stopClock(page);

  await on(page).usernameInput.pressSequentially(taken.toUpperCase());
  // The other half of the second is left for the request to the server, which this clock does not measure.
  await page.clock.runFor(500);
  await expect(errorOf(page, "username")).toHaveText("This username is taken. Choose another one.");
  await expect(on(page).usernameInput).toHaveAttribute("aria-invalid", "true");

  await on(page).usernameInput.press("x");
  await expect(errorOf(page, "username")).toHaveCount(0);
  await expect(on(page).usernameInput).not.toHaveAttribute("aria-invalid");
  await page.clock.runFor(500);
  await expect(page.getByText("Username is available.")).toBeVisible();
});

test("an invalid name is reported without a request to the server", async ({ page, unique }) => {
  await openRegistration(page, unique("typist"));
  await expectHydrated(page);
  // Requests by scripts only: the browser itself also requests the site's icon.
  const requests: string[] = [];
  page.on("request", (request) => {
    if (["fetch", "xhr"].includes(request.resourceType())) {
      requests.push(request.url());
    }
  });

  const name = on(page).usernameInput;
  for (const [typed, message] of [
    ["明", "Username must be at least 2 characters."],
    ["_ab", "Username must start with a letter or number."],
    ["ab\u3164", "Username can contain only letters, numbers, _ and -."],
    ["a\u0301\u0302\u0303\u0304b", "Username can contain only letters, numbers, _ and -."],
    ["W".repeat(33), "Username must be 32 characters or fewer."],
    ["a b c", "Username can contain only letters, numbers, _ and -."],
    ["ａｄｍｉｎ", "This username is reserved. Choose another one."],
    ["", "Enter a username."],
  ] as const) {
    await name.fill(typed);
    await expect(errorOf(page, "username")).toHaveText(message);
  }
  expect(requests).toEqual([]);
});

test("an invalid address is reported within a second after typing stops, until it is fixed", async ({ page, unique }) => {
  await page.clock.install();
  await openRegistration(page, unique("typist"));
  await expectHydrated(page);
  await stopClock(page);
  await on(page).emailInput.pressSequentially("ann@example");
  await expect(errorOf(page, "email")).toHaveCount(0);
  await page.clock.runFor(1000);
  await expect(errorOf(page, "email")).toHaveText("Enter one valid email address, such as name@example.com.");
  await expect(on(page).emailInput).toHaveAttribute("aria-invalid", "true");

  await on(page).emailInput.pressSequentially(".org");
  await expect(errorOf(page, "email")).toHaveCount(0);
  await expect(on(page).emailInput).not.toHaveAttribute("aria-invalid");
});

test("the server's error disappears when the field is valid", async ({ page, unique }) => {
  await openRegistration(page, unique("typist"));
  await on(page).submit.click();
  await expect(errorOf(page, "email")).toHaveText("Enter your email address.");
  await expectHydrated(page);
  await on(page).emailInput.fill("ann@example.org");
  await expect(errorOf(page, "email")).toHaveCount(0);
  await expect(errorOf(page, "username")).toBeVisible();
});

test("messages are in the page's language", async ({ page, unique }) => {
  await openRegistration(page, unique("typist"));
  await on(page).language("zh-CN").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await expectHydrated(page);
  await on(page).usernameInput.fill("明");
  await expect(errorOf(page, "username")).toHaveText("用户名至少需要 2 个字符。");
});

test("what is typed before hydration stays and is judged afterwards", async ({ page, unique }) => {
  let loadWasm = () => {};
  const loading = new Promise<void>((resolve) => (loadWasm = resolve));
  await page.route("**/*.wasm*", async (route) => {
    await loading;
    await route.continue();
  });
  await openRegistration(page, unique("early"));
  await on(page).usernameInput.pressSequentially("a b");
  await on(page).emailInput.pressSequentially("early@");
  await expect(page.locator("html")).not.toHaveAttribute("data-hydrated");

  loadWasm();
  await expectHydrated(page);
  await expect(on(page).usernameInput).toHaveValue("a b");
  await expect(on(page).emailInput).toHaveValue("early@");
  await expect(on(page).emailInput).toBeFocused();
  await expect(errorOf(page, "username")).toHaveText("Username can contain only letters, numbers, _ and -.");
  await expect(errorOf(page, "email")).toBeVisible();
  await on(page).emailInput.pressSequentially("example.com");
  await expect(errorOf(page, "email")).toHaveCount(0);
});

test("nothing is judged while an input method composes", async ({ page, unique }) => {
  await page.clock.install();
  await openRegistration(page, unique("composer"));
  await expectHydrated(page);
  await stopClock(page);
  const checked: (string | null)[] = [];
  page.on("request", (request) => {
    if (request.url().includes("check-username")) {
      checked.push(new URL(request.url()).searchParams.get("username"));
    }
  });
  const keyboard = await page.context().newCDPSession(page);
  const compose = (text: string) =>
    keyboard.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });

  // The message that was due for "q" does not appear either.
  await on(page).usernameInput.pressSequentially("q");
  for (const letters of ["x", "xiao", "xiao'qi", "xiaoqie"]) {
    await compose(letters);
    await page.clock.runFor(1000);
    await expect(on(page).usernameInput).toHaveValue(`q${letters}`);
    await expect(errorOf(page, "username")).toHaveCount(0);
  }
  expect(checked).toEqual([]);

  const name = unique("小企鹅");
  await keyboard.send("Input.insertText", { text: name });
  await page.clock.runFor(500);
  await expect(page.getByText("Username is available.")).toBeVisible();
  expect(checked).toEqual([`q${name}`]);

  await on(page).usernameInput.fill("");
  await compose("n");
  await keyboard.send("Input.insertText", { text: "你" });
  await page.clock.runFor(500);
  await expect(errorOf(page, "username")).toHaveText("Username must be at least 2 characters.");
});

test("a name check that arrives after the form was sent reports no error", async ({ page, unique }) => {
  const username = unique("hasty");
  await openRegistration(page, username);
  await expectHydrated(page);
  await on(page).emailInput.fill(`${username}@example.com`);

  // The server creates the account before it receives the check; the browser gets the response to the form afterwards.
  let register = () => {};
  const registered = new Promise<void>((resolve) => (register = resolve));
  const checkResponse = page.waitForResponse(/check-username/);
  await page.route("**/register", async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    register();
    await checkResponse;
    await route.fulfill({ response });
  });
  await page.route(/check-username/, async (route) => {
    await registered;
    await route.continue();
  });
  await on(page).usernameInput.fill(username);
  await on(page).usernameInput.press("Enter");
  expect((await checkResponse).status()).toBeLessThan(500);
  await expect(page).toHaveURL("/account");
});

test("a message that is due does not move the button while it is pressed", async ({ page, unique }) => {
  await page.clock.install();
  await openRegistration(page, unique("presser"));
  await expectHydrated(page);
  await stopClock(page);
  await on(page).usernameInput.fill("a");
  await on(page).emailInput.fill("nonsense");

  await on(page).submit.hover();
  await page.mouse.down();
  await page.clock.runFor(1000);
  await page.mouse.up();
  await expect(page).toHaveTitle(/^Error: /);
});

test("a response to a name check does not move the button while it is pressed", async ({ page, context, unique }) => {
  const taken = unique("taken");
  await createAccount(page, taken, taken);
  await context.clearCookies();
  await page.clock.install();
  await openRegistration(page, unique("presser"));
  await expectHydrated(page);
  await stopClock(page);
  await on(page).usernameInput.fill(taken);

  let answer = () => {};
  const pressed = new Promise<void>((resolve) => (answer = resolve));
  await page.route(/check-username/, async (route) => {
    await pressed;
    await route.continue();
  });
  await page.clock.runFor(500);
  await expect(page.getByText("Checking…")).toBeVisible();
  await on(page).submit.hover();
  await page.mouse.down();
  const answered = page.waitForEvent("requestfinished", (request) => request.url().includes("check-username"));
  answer();
  await answered;
  await page.mouse.up();
  await expect(page).toHaveTitle(/^Error: /);
});

async function expectHydrated(page: Page) {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
}
