import type { Page } from "@playwright/test";
import { openRegistration, createAccount, errorOf, expect, on, stopClock, test } from "../support.ts";

test("a taken name is told within a second after typing stops, and goes when the name is right", async ({
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
  // Half of the second is for the question to the server and its answer, which no clock here measures.
  await page.clock.runFor(500);
  await expect(errorOf(page, "username")).toHaveText("This username is taken. Choose another one.");
  await expect(on(page).usernameInput).toHaveAttribute("aria-invalid", "true");

  await on(page).usernameInput.press("x");
  await expect(errorOf(page, "username")).toHaveCount(0);
  await expect(on(page).usernameInput).not.toHaveAttribute("aria-invalid");
  await page.clock.runFor(500);
  await expect(page.getByText("Username is available.")).toBeVisible();
});

test("what is wrong with a name is told without asking the server", async ({ page, unique }) => {
  await openRegistration(page, unique("typist"));
  await expectHydrated(page);
  // A browser asks for more than a script does: for the site's icon, when it finds the time.
  const asked: string[] = [];
  page.on("request", (request) => {
    if (["fetch", "xhr"].includes(request.resourceType())) {
      asked.push(request.url());
    }
  });

  const name = on(page).usernameInput;
  for (const [typed, message] of [
    ["ab", "Username must be at least 3 characters."],
    ["W".repeat(33), "Username must be 32 characters or fewer."],
    ["a b c", "Username can contain only letters, numbers, _ and -."],
    ["ａｄｍｉｎ", "This username is reserved. Choose another one."],
    ["", "Enter a username."],
  ] as const) {
    await name.fill(typed);
    await expect(errorOf(page, "username")).toHaveText(message);
  }
  expect(asked).toEqual([]);
});

test("a bad address is told within a second after typing stops, and goes when it is right", async ({ page, unique }) => {
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

test("the server's error goes as soon as the field is right", async ({ page, unique }) => {
  await openRegistration(page, unique("typist"));
  await on(page).submit.click();
  await expect(errorOf(page, "email")).toHaveText("Enter your email address.");
  await expectHydrated(page);
  await on(page).emailInput.fill("ann@example.org");
  await expect(errorOf(page, "email")).toHaveCount(0);
  await expect(errorOf(page, "username")).toBeVisible();
});

test("messages are told in the page's language", async ({ page, unique }) => {
  await openRegistration(page, unique("typist"));
  await on(page).language("zh-CN").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await expectHydrated(page);
  await on(page).usernameInput.fill("小明");
  await expect(errorOf(page, "username")).toHaveText("用户名至少需要 3 个字符。");
});

test("what is typed before hydration stays and is judged afterwards", async ({ page, unique }) => {
  let wakeUp = () => {};
  const awake = new Promise<void>((resolve) => (wakeUp = resolve));
  await page.route("**/*.wasm*", async (route) => {
    await awake;
    await route.continue();
  });
  await openRegistration(page, unique("early"));
  await on(page).usernameInput.pressSequentially("a b");
  await on(page).emailInput.pressSequentially("early@");
  await expect(page.locator("html")).not.toHaveAttribute("data-hydrated");

  wakeUp();
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

  // A judgement that is due when composing begins does not come either.
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
  await expect(errorOf(page, "username")).toHaveText("Username must be at least 3 characters.");
});

test("a name that is looked up while the form is on its way causes no complaint", async ({ page, unique }) => {
  const username = unique("hasty");
  await openRegistration(page, username);
  await expectHydrated(page);
  await on(page).emailInput.fill(`${username}@example.com`);

  // The account is made before the look-up arrives, and the browser learns of it only afterwards.
  let register = () => {};
  const registered = new Promise<void>((resolve) => (register = resolve));
  const lookedUp = page.waitForResponse(/check-username/);
  await page.route("**/register", async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    register();
    await lookedUp;
    await route.fulfill({ response });
  });
  await page.route(/check-username/, async (route) => {
    await registered;
    await route.continue();
  });
  await on(page).usernameInput.fill(username);
  await on(page).usernameInput.press("Enter");
  expect((await lookedUp).status()).toBeLessThan(500);
  await expect(page).toHaveURL("/account");
});

test("a press of the button counts, though a message about a field is due meanwhile", async ({ page, unique }) => {
  await page.clock.install();
  await openRegistration(page, unique("presser"));
  await expectHydrated(page);
  await stopClock(page);
  await on(page).usernameInput.fill("ab");
  await on(page).emailInput.fill("nonsense");

  await on(page).submit.hover();
  await page.mouse.down();
  await page.clock.runFor(1000);
  await page.mouse.up();
  await expect(page).toHaveTitle(/^Error: /);
});

test("a press of the button counts, though an answer about the name comes meanwhile", async ({ page, context, unique }) => {
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
