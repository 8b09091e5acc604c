import { randomBytes } from "node:crypto";
import { test as base, expect, type BrowserContext, type ConsoleMessage, type Locator, type Page } from "@playwright/test";

export { expect };

/** The sandbox's address, set by playwright.config.ts. */
export const sandboxURL = process.env.SANDBOX_URL ?? "http://127.0.0.1:3010";

/** The error codes of `/login?error=…`. */
export const errorCodes = ["expired", "cancelled", "denied", "misconfigured", "unreachable", "closed", "blocked", "cookies"];

type Fixtures = {
  /** Fails the test on unexpected browser errors. */
  watch: Watch;
  /** Makes names unique, because all tests share one database. */
  unique: (base: string) => string;
  /** A page in another browser, without cookies. */
  otherBrowserPage: Page;
};

export const test = base.extend<Fixtures>({
  // The tests expect English texts, except those that choose a language.
  locale: "en",

  // Every test fails if the browser reports an error that the test did not expect.
  watch: [
    async ({ context }, use, { project }) => {
      const watch = new Watch(project.name === "no-wasm" ? ".wasm" : project.name === "no-js" ? ".js" : undefined);
      await watch.watchContext(context);
      await use(watch);
      await watch.untilLoaded();
      watch.report();
    },
    { auto: true },
  ],

  unique: async ({}, use) => {
    await use((base) => `${base}_${randomBytes(5).toString("hex")}`);
  },

  otherBrowserPage: async ({ browser, watch }, use) => {
    const context = await browser.newContext();
    await watch.watchContext(context);
    await use(await context.newPage());
    await watch.untilLoaded();
    await context.close();
  },
});

const pathOf = (url: string) => (URL.canParse(url) ? new URL(url).pathname : url);

/** Collects browser errors: console messages, page errors, failed requests, error statuses. */
class Watch {
  private contexts: BrowserContext[] = [];
  private problems: string[] = [];
  private expected: { status: number; path: string; seen: boolean }[] = [];

  /** `blocked` is the extension of the files that the project blocks. */
  constructor(private blocked?: ".wasm" | ".js") {}

  /** Watches every page of a context, and blocks WebAssembly in the project without it. */
  async watchContext(context: BrowserContext) {
    this.contexts.push(context);
    if (this.blocked === ".wasm") {
      await context.route((url) => this.isBlocked(url.href), (route) => route.abort());
    }
    context.on("weberror", (error) => this.problems.push(`page error: ${error.error()}`));
    context.on("console", (message) => this.checkConsole(message));
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "";
      // Leaving a page aborts its pending requests; that is not an error.
      if (reason !== "net::ERR_ABORTED" && !this.isBlocked(request.url())) {
        this.problems.push(`request failed: ${request.method()} ${request.url()}: ${reason}`);
      }
    });
    context.on("response", (response) => {
      if (response.status() >= 400 && !this.isExpectedStatus(response.status(), response.url())) {
        this.problems.push(`status ${response.status()}: ${response.request().method()} ${response.url()}`);
      }
    });
    // With JavaScript off, violations appear in the console only.
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI || "inline"}`);
      });
    });
  }

  /** Expects `path` to respond with `status`. The test fails if it does not. */
  expectStatus(status: number, path: string) {
    this.expected.push({ status, path, seen: false });
  }

  /** Waits until all pages are loaded, because errors can occur until then. */
  async untilLoaded() {
    const pages = this.contexts.flatMap((context) => context.pages());
    await Promise.all(pages.map((page) => page.waitForLoadState()));
  }

  /** Removes expected errors and returns them. */
  take(pattern: RegExp): string[] {
    const taken = this.problems.filter((problem) => pattern.test(problem));
    this.problems = this.problems.filter((problem) => !pattern.test(problem));
    return taken;
  }

  report() {
    const missing = this.expected.filter(({ seen }) => !seen).map(({ status, path }) => `${path} never responded with ${status}`);
    expect([...this.problems, ...missing], "browser errors").toEqual([]);
  }

  private checkConsole(message: ConsoleMessage) {
    const { url } = message.location();
    const isExpectedFailure = this.expected.some(
      ({ status, path }) => pathOf(url) === path && message.text().includes(`status of ${status}`),
    );
    const isExpected = isExpectedFailure || this.isBlocked(url);
    if (["error", "warning"].includes(message.type()) && !isExpected) {
      this.problems.push(`console ${message.type()}: ${message.text()} (${url})`);
    }
  }

  private isBlocked(url: string): boolean {
    return this.blocked !== undefined && pathOf(url).endsWith(this.blocked);
  }

  private isExpectedStatus(status: number, url: string): boolean {
    const found = this.expected.filter((entry) => entry.status === status && entry.path === pathOf(url));
    for (const entry of found) {
      entry.seen = true;
    }
    return found.length > 0;
  }
}

/** Elements of the pages, independent of the language. */
export const on = (page: Page) => ({
  qqButton: page.getByTestId("login-qq"),
  form: page.getByTestId("register-form"),
  usernameInput: page.locator("#username"),
  emailInput: page.locator("#email"),
  submit: page.getByTestId("register-form").getByRole("button"),
  oneClick: page.getByTestId("register-auto").getByRole("button"),
  alert: page.getByRole("alert"),
  fieldErrors: page.getByTestId("field-error"),
  username: page.getByTestId("username"),
  nickname: page.getByTestId("nickname"),
  tokenExpires: page.getByTestId("token-expires"),
  renew: page.getByTestId("renew").getByRole("button"),
  updateProfile: page.getByTestId("update-portrait").getByRole("button"),
  logout: page.getByTestId("logout").getByRole("button"),
  language: (tag: string) => page.getByTestId("language").locator(`button[value="${tag}"]`),
  theme: (name: string) => page.getByTestId("theme").locator(`button[value="${name}"]`),
  sandboxPerson: page.getByTestId("sandbox-person"),
  sandboxApprove: page.getByTestId("sandbox-approve"),
  sandboxCancel: page.getByTestId("sandbox-cancel"),
});

/** Matches a URL of the site by its decoded path, query and fragment. */
export function at(path: string): (url: URL) => boolean {
  return (url) => decodeURIComponent(url.pathname + url.search + url.hash) === path;
}

/** Presses the QQ button and approves in the sandbox. */
export async function signInWithQQ(page: Page, nickname: string) {
  await on(page).qqButton.click();
  await approve(page, nickname);
}

/** Approves on the sandbox's consent page. */
export async function approve(page: Page, nickname: string) {
  await on(page).sandboxPerson.fill(nickname);
  await on(page).sandboxApprove.click();
}

/** Signs in as a new user; ends on the registration page. */
export async function beginRegistration(page: Page, nickname: string, start = "/login") {
  await page.goto(start);
  await signInWithQQ(page, nickname);
  await expect(page).toHaveURL("/register");
}

export async function fillForm(page: Page, username: string, email = `${username}@example.com`) {
  await on(page).usernameInput.fill(username);
  await on(page).emailInput.fill(email);
  await on(page).submit.click();
}

/** Signs in as a new user and registers; ends on the account page. */
export async function register(page: Page, nickname: string, username: string) {
  await beginRegistration(page, nickname);
  await fillForm(page, username);
  await expect(page).toHaveURL("/account");
}

export async function logOut(page: Page) {
  await on(page).logout.click();
  await expect(page).toHaveURL("/");
}

/** Like `beginRegistration`, but with plain requests instead of pages. The sandbox approves `sandbox_user` at once. */
export async function openRegistration(page: Page, nickname: string) {
  await signInByRequest(page, nickname);
  await page.goto("/register");
  await expect(on(page).form).toBeVisible();
}

/** Like `register`, but with plain requests instead of pages. */
export async function createAccount(page: Page, nickname: string, username: string, email = `${username}@example.com`) {
  await signInByRequest(page, nickname);
  const response = await page.request.post("/register", { form: { username, email } });
  expect(new URL(response.url()).pathname).toBe("/account");
}

async function signInByRequest(page: Page, nickname: string) {
  const start = await page.request.get("/login/qq", { maxRedirects: 0 });
  const address = new URL(start.headers()["location"] ?? "");
  address.searchParams.set("sandbox_user", nickname);
  const response = await page.request.get(address.href);
  expect(new URL(response.url()).pathname).toBe("/register");
}

/** The error message beside a field. */
export function errorOf(page: Page, field: "username" | "email"): Locator {
  return page.locator(".field", { has: page.locator(`#${field}`) }).getByTestId("field-error");
}

/** Stops the page's clock; it advances with `clock.runFor` only. The clock must be installed first. */
export async function stopClock(page: Page) {
  const now = await page.evaluate(() => Date.now());
  await page.clock.pauseAt(now + 3_600_000);
}
