import { randomBytes } from "node:crypto";
import { test as base, expect, type BrowserContext, type ConsoleMessage, type Locator, type Page } from "@playwright/test";

export { expect };

/** The sandbox that stands in for QQ. The configuration sets the variable. */
export const sandboxURL = process.env.SANDBOX_URL ?? "http://127.0.0.1:3010";

/** Every reason for which a sign-in ends back at the login page. */
export const failureCodes = ["expired", "cancelled", "denied", "misconfigured", "unreachable", "closed"];

type Fixtures = {
  /** What the browser may complain of. */
  watch: Watch;
  /** Makes names that no other test, project or run uses, since all share one database. */
  unique: (base: string) => string;
  /** A page in another browser: with cookies of its own, of which there are none. */
  pageElsewhere: Page;
};

export const test = base.extend<Fixtures>({
  // The tests expect English texts; those on language choose their own.
  locale: "en",

  // Automatic: every test fails if the browser complained of anything that the test did not announce.
  watch: [
    async ({ context }, use, { project }) => {
      const watch = new Watch(project.name === "no-wasm" ? ".wasm" : project.name === "no-js" ? ".js" : undefined);
      await watch.over(context);
      await use(watch);
      await watch.untilLoaded();
      watch.report();
    },
    { auto: true },
  ],

  unique: async ({}, use) => {
    await use((base) => `${base}_${randomBytes(5).toString("hex")}`);
  },

  pageElsewhere: async ({ browser, watch }, use) => {
    const context = await browser.newContext();
    await watch.over(context);
    await use(await context.newPage());
    await watch.untilLoaded();
    await context.close();
  },
});

const pathOf = (url: string) => (URL.canParse(url) ? new URL(url).pathname : url);

/** Listens to what browsers complain of. */
class Watch {
  private contexts: BrowserContext[] = [];
  private complaints: string[] = [];
  private announced: { status: number; path: string; came: boolean }[] = [];

  /** `blocked` is how the names of those files end that the project keeps from being loaded. */
  constructor(private blocked?: ".wasm" | ".js") {}

  /** Listens to every page of a context, and blocks its WebAssembly where that belongs to the project. */
  async over(context: BrowserContext) {
    this.contexts.push(context);
    if (this.blocked === ".wasm") {
      await context.route((url) => this.isBlocked(url.href), (route) => route.abort());
    }
    context.on("weberror", (error) => this.complaints.push(`page error: ${error.error()}`));
    context.on("console", (message) => this.heed(message));
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "";
      // Whoever leaves a page that still loads makes the browser give up the rest: that is no fault.
      if (reason !== "net::ERR_ABORTED" && !this.isBlocked(request.url())) {
        this.complaints.push(`request failed: ${request.method()} ${request.url()}: ${reason}`);
      }
    });
    context.on("response", (response) => {
      if (response.status() >= 400 && !this.wasAnnounced(response.status(), response.url())) {
        this.complaints.push(`status ${response.status()}: ${response.request().method()} ${response.url()}`);
      }
    });
    // Where JavaScript is off, the console alone tells of violations.
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI || "inline"}`);
      });
    });
  }

  /** Tells that `path` will answer with `status`, and that this is right. It has to happen, too. */
  announce(status: number, path: string) {
    this.announced.push({ status, path, came: false });
  }

  /** What a page complains of may come as late as the last of its files. */
  async untilLoaded() {
    const pages = this.contexts.flatMap((context) => context.pages());
    await Promise.all(pages.map((page) => page.waitForLoadState()));
  }

  /** Takes out what the browser rightly complained of. */
  take(pattern: RegExp): string[] {
    const taken = this.complaints.filter((complaint) => pattern.test(complaint));
    this.complaints = this.complaints.filter((complaint) => !pattern.test(complaint));
    return taken;
  }

  report() {
    const missing = this.announced.filter(({ came }) => !came).map(({ status, path }) => `${path} never answered ${status}`);
    expect([...this.complaints, ...missing], "what the browser complained of").toEqual([]);
  }

  private heed(message: ConsoleMessage) {
    const { url } = message.location();
    const isAnnounced = this.announced.some(
      ({ status, path }) => pathOf(url) === path && message.text().includes(`status of ${status}`),
    );
    const isExpected = isAnnounced || this.isBlocked(url);
    if (["error", "warning"].includes(message.type()) && !isExpected) {
      this.complaints.push(`console ${message.type()}: ${message.text()} (${url})`);
    }
  }

  private isBlocked(url: string): boolean {
    return this.blocked !== undefined && pathOf(url).endsWith(this.blocked);
  }

  private wasAnnounced(status: number, url: string): boolean {
    const found = this.announced.filter((one) => one.status === status && one.path === pathOf(url));
    for (const one of found) {
      one.came = true;
    }
    return found.length > 0;
  }
}

/** What the pages hold, by the marks that stay the same in every language. */
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
  updatePortrait: page.getByTestId("update-portrait").getByRole("button"),
  logout: page.getByTestId("logout").getByRole("button"),
  language: (tag: string) => page.getByTestId("language").locator(`button[value="${tag}"]`),
  theme: (name: string) => page.getByTestId("theme").locator(`button[value="${name}"]`),
  sandboxPerson: page.getByTestId("sandbox-person"),
  sandboxApprove: page.getByTestId("sandbox-approve"),
  sandboxCancel: page.getByTestId("sandbox-cancel"),
});

/** Matches an address of the site by its path and query as a person would write them. */
export function at(path: string): (url: URL) => boolean {
  return (url) => decodeURIComponent(url.pathname + url.search + url.hash) === path;
}

/** From a page with the QQ button through the sandbox. */
export async function passByQQ(page: Page, nickname: string) {
  await on(page).qqButton.click();
  await approve(page, nickname);
}

/** Answers the sandbox's page as a person who gives consent. */
export async function approve(page: Page, nickname: string) {
  await on(page).sandboxPerson.fill(nickname);
  await on(page).sandboxApprove.click();
}

/** From nowhere to the registration page. */
export async function beginRegistration(page: Page, nickname: string, start = "/login") {
  await page.goto(start);
  await passByQQ(page, nickname);
  await expect(page).toHaveURL("/register");
}

export async function fillForm(page: Page, username: string, email = `${username}@example.com`) {
  await on(page).usernameInput.fill(username);
  await on(page).emailInput.fill(email);
  await on(page).submit.click();
}

/** From nowhere to an account of one's own. */
export async function register(page: Page, nickname: string, username: string) {
  await beginRegistration(page, nickname);
  await fillForm(page, username);
  await expect(page).toHaveURL("/account");
}

export async function logOut(page: Page) {
  await on(page).logout.click();
  await expect(page).toHaveURL("/");
}

/**
 * As `beginRegistration`, but without showing a page of it: for tests of what comes afterwards. The sandbox
 * approves at once if a name is given to it.
 */
export async function arriveAsNewcomer(page: Page, nickname: string) {
  await passByQQUnseen(page, nickname);
  await page.goto("/register");
  await expect(on(page).form).toBeVisible();
}

/** As `register`, but without showing a page of it. */
export async function arriveWithAccount(page: Page, nickname: string, username: string, email = `${username}@example.com`) {
  await passByQQUnseen(page, nickname);
  const response = await page.request.post("/register", { form: { username, email } });
  expect(new URL(response.url()).pathname).toBe("/account");
}

async function passByQQUnseen(page: Page, nickname: string) {
  const leave = await page.request.get("/login/qq", { maxRedirects: 0 });
  const address = new URL(leave.headers()["location"] ?? "");
  address.searchParams.set("sandbox_user", nickname);
  const response = await page.request.get(address.href);
  expect(new URL(response.url()).pathname).toBe("/register");
}

/** What stands beside a field: its error, if it has one. */
export function errorOf(page: Page, field: "username" | "email"): Locator {
  return page.locator(".field", { has: page.locator(`#${field}`) }).getByTestId("field-error");
}

/** From here on the page's time passes by `clock.runFor` alone, however slow the machine is. It has to be installed. */
export async function stopClock(page: Page) {
  const now = await page.evaluate(() => Date.now());
  await page.clock.pauseAt(now + 3_600_000);
}
