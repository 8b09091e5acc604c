import type { Page } from "@playwright/test";
import { createVerifiedAccount, requestAccountLink, mailedLink } from "./mails.ts";
import { approve, openRegistration, createAccount, expect, fillForm, on, sandboxURL } from "./support.ts";

/** A page in a certain state, for layout and accessibility tests. */
export type Scene = {
  name: string;
  open: (page: Page, unique: (base: string) => string) => Promise<unknown>;
  /** The expected error status, if any. */
  errorStatus?: { status: number; path: string };
};

/** Values of the maximum length, without a place to break. */
export const longNickname = (unique: string) => `${unique}${"鹅W".repeat(40)}`.slice(0, 64);
export const longUsername = (unique: string) => `${unique}${"W".repeat(32)}`.slice(0, 32);
export const longEmail = (unique: string) => `${unique}${"w".repeat(64)}`.slice(0, 64) + `@${"w".repeat(60)}.example`;

export const scenes: Scene[] = [
  { name: "home, signed out", open: (page) => page.goto("/") },
  { name: "login", open: (page) => page.goto("/login?next=%2F%3Fx%3D1") },
  { name: "login after a failure", open: (page) => page.goto("/login?error=unreachable") },
  { name: "registration", open: (page, unique) => openRegistration(page, longNickname(unique("n"))) },
  {
    name: "registration with errors",
    open: async (page, unique) => {
      await openRegistration(page, `小企鹅🐧 ${unique("n")}`);
      await fillForm(page, "W".repeat(40), "w".repeat(80));
      await expect(on(page).alert).toBeFocused();
      await page.waitForLoadState();
    },
  },
  {
    name: "home, signed in",
    open: async (page, unique) => {
      await createAccount(page, longNickname(unique("n")), longUsername(unique("u")));
      await page.goto("/");
    },
  },
  {
    name: "account",
    open: async (page, unique) => {
      await createAccount(page, longNickname(unique("n")), longUsername(unique("u")), longEmail(unique("e")));
      await page.goto("/account");
    },
  },
  {
    name: "account while QQ is unreachable",
    open: (page, unique) => openAccountWithFlash(page, unique, "token-refresh-failed"),
  },
  {
    name: "account after switching the QQ account",
    open: (page, unique) => openAccountWithFlash(page, unique, "user-replaced"),
  },
  {
    name: "email addresses",
    open: async (page, unique) => {
      await createVerifiedAccount(page, longUsername(unique("u")), longEmail(unique("e")));
      await page.request.post("/account/emails", { form: { email: longEmail(unique("f")) } });
      await page.goto("/account/emails");
    },
  },
  {
    name: "email addresses with an error",
    open: async (page, unique) => {
      await createAccount(page, longNickname(unique("n")), longUsername(unique("u")));
      await page.goto("/account/emails");
      await on(page).emailInput.fill("w".repeat(80));
      await page.getByTestId("add-email").getByRole("button").click();
      await expect(on(page).alert).toBeFocused();
    },
  },
  {
    name: "link that verifies an address",
    open: async (page, unique) => {
      const email = longEmail(unique("e"));
      await createAccount(page, longNickname(unique("n")), longUsername(unique("u")), email);
      await page.goto(await mailedLink(page, email, /Verify|验证/));
    },
  },
  {
    name: "link that adds a QQ account",
    open: async (page, unique) => {
      const email = longEmail(unique("e"));
      await createVerifiedAccount(page, longUsername(unique("u")), email);
      await page.context().clearCookies({ name: "session" });
      await openRegistration(page, longNickname(unique("n")));
      await page.goto(await requestAccountLink(page, email));
    },
  },
  {
    name: "link for another browser",
    open: async (page, unique) => {
      const email = longEmail(unique("e"));
      await createVerifiedAccount(page, longUsername(unique("u")), email);
      await page.context().clearCookies({ name: "session" });
      await openRegistration(page, longNickname(unique("n")));
      const link = await requestAccountLink(page, email);
      await page.context().clearCookies({ name: "session" });
      await page.goto(link);
    },
  },
  {
    name: "link that does not work",
    errorStatus: { status: 410, path: "/mail/none" },
    open: (page) => page.goto("/mail/none"),
  },
  {
    name: "change of the username with suggestions",
    open: async (page, unique) => {
      await createAccount(page, longNickname(unique("n")), longUsername(unique("u")));
      await page.goto("/account/username");
      await on(page).usernameInput.fill("admin");
      await page.getByTestId("change-username").getByRole("button").click();
      await expect(on(page).alert).toBeFocused();
    },
  },
  {
    name: "QQ accounts",
    open: async (page, unique) => {
      await createAccount(page, longNickname(unique("n")), longUsername(unique("u")));
      await page.goto("/account/qq");
    },
  },
  {
    name: "QQ account that cannot be linked",
    open: async (page, unique) => {
      await createAccount(page, longNickname(unique("n")), longUsername(unique("u")));
      await page.goto("/account/qq?error=linked-elsewhere");
    },
  },
  {
    name: "question whether to link a QQ account",
    open: async (page, unique) => {
      await createAccount(page, longNickname(unique("n")), longUsername(unique("u")));
      await page.goto("/account/qq");
      await page.getByTestId("add-qq").getByRole("button").click();
      await approve(page, longNickname(unique("m")));
      await expect(page).toHaveURL("/account/qq/link");
    },
  },
  {
    name: "download of the data",
    open: async (page, unique) => {
      await createAccount(page, longNickname(unique("n")), longUsername(unique("u")));
      await page.goto("/account/data");
    },
  },
  {
    name: "active sessions",
    open: async (page, unique) => {
      const nickname = longNickname(unique("n"));
      await createAccount(page, nickname, longUsername(unique("u")));
      await page.context().clearCookies({ name: "session" });
      const start = await page.request.get("/login/qq", { maxRedirects: 0 });
      await page.request.get(`${start.headers()["location"]}&sandbox_user=${encodeURIComponent(nickname)}`);
      await page.goto("/account/sessions");
      await expect(page.getByRole("listitem")).toHaveCount(2);
    },
  },
  {
    name: "account deletion",
    open: async (page, unique) => {
      await createAccount(page, longNickname(unique("n")), longUsername(unique("u")));
      await page.goto("/account/delete");
    },
  },
  { name: "privacy", open: (page) => page.goto("/privacy") },
  { name: "not found", errorStatus: { status: 404, path: "/nowhere" }, open: (page) => page.goto("/nowhere") },
  { name: "method not allowed", errorStatus: { status: 405, path: "/logout" }, open: (page) => page.goto("/logout") },
  {
    name: "consent in the sandbox",
    open: async (page) => {
      await page.goto("/login/qq");
      await expect(on(page).sandboxPerson).toBeVisible();
    },
  },
  {
    name: "cancelled in the sandbox",
    open: async (page) => {
      await page.goto("/login/qq");
      await on(page).sandboxCancel.click();
      await expect(page).toHaveURL(/which=cancel/);
      await page.waitForLoadState();
    },
  },
  { name: "error page of the sandbox", open: (page) => page.goto(`${sandboxURL}/oauth2.0/authorize?response_type=code`) },
  {
    name: "overview of the sandbox",
    open: async (page, unique) => {
      await openRegistration(page, longNickname(unique("n")));
      await page.goto(sandboxURL);
    },
  },
];

/** The account page with a flash message. */
async function openAccountWithFlash(page: Page, unique: (base: string) => string, flash: string) {
  await createAccount(page, longNickname(unique("n")), longUsername(unique("u")));
  await page.goto("/");
  await page.context().addCookies([{ name: "flash", value: flash, url: page.url() }]);
  await page.goto("/account");
}
