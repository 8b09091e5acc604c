import type { Page } from "@playwright/test";
import { arriveAsNewcomer, arriveWithAccount, expect, fillForm, on, sandboxURL } from "./support.ts";

/** A page in one of its states, for tests and pictures of how pages look. */
export type Scene = {
  name: string;
  open: (page: Page, unique: (base: string) => string) => Promise<unknown>;
  /** The answer that is no success, if the page is one. */
  answers?: { status: number; path: string };
};

/** As long as can be, without a place to break: what pages have to cope with. */
export const longNickname = (unique: string) => `${unique}${"鹅W".repeat(40)}`.slice(0, 64);
export const longUsername = (unique: string) => `${unique}${"W".repeat(32)}`.slice(0, 32);
export const longEmail = (unique: string) => `${unique}${"w".repeat(64)}`.slice(0, 64) + `@${"w".repeat(60)}.example`;

export const scenes: Scene[] = [
  { name: "home, signed out", open: (page) => page.goto("/") },
  { name: "login", open: (page) => page.goto("/login?next=%2F%3Fx%3D1") },
  { name: "login after a failure", open: (page) => page.goto("/login?error=unreachable") },
  { name: "registration", open: (page, unique) => arriveAsNewcomer(page, longNickname(unique("n"))) },
  {
    name: "registration with errors",
    open: async (page, unique) => {
      await arriveAsNewcomer(page, `小企鹅🐧 ${unique("n")}`);
      await fillForm(page, "W".repeat(40), "w".repeat(80));
      await expect(on(page).alert).toBeFocused();
      await page.waitForLoadState();
    },
  },
  {
    name: "home, signed in",
    open: async (page, unique) => {
      await arriveWithAccount(page, longNickname(unique("n")), longUsername(unique("u")));
      await page.goto("/");
    },
  },
  {
    name: "account",
    open: async (page, unique) => {
      await arriveWithAccount(page, longNickname(unique("n")), longUsername(unique("u")), longEmail(unique("e")));
      await page.goto("/account");
    },
  },
  {
    name: "account while QQ does not answer",
    open: (page, unique) => accountAfter(page, unique, "not-renewed"),
  },
  {
    name: "account of somebody else than before",
    open: (page, unique) => accountAfter(page, unique, "somebody-else"),
  },
  {
    name: "where one is signed in",
    open: async (page, unique) => {
      const nickname = longNickname(unique("n"));
      await arriveWithAccount(page, nickname, longUsername(unique("u")));
      await page.context().clearCookies({ name: "session" });
      const leave = await page.request.get("/login/qq", { maxRedirects: 0 });
      await page.request.get(`${leave.headers()["location"]}&sandbox_user=${encodeURIComponent(nickname)}`);
      await page.goto("/account/sessions");
      await expect(page.getByRole("listitem")).toHaveCount(2);
    },
  },
  {
    name: "before an account is deleted",
    open: async (page, unique) => {
      await arriveWithAccount(page, longNickname(unique("n")), longUsername(unique("u")));
      await page.goto("/account/delete");
    },
  },
  { name: "privacy", open: (page) => page.goto("/privacy") },
  { name: "an address that leads nowhere", answers: { status: 404, path: "/nowhere" }, open: (page) => page.goto("/nowhere") },
  { name: "a refusal", answers: { status: 405, path: "/logout" }, open: (page) => page.goto("/logout") },
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
  { name: "refusal of the sandbox", open: (page) => page.goto(`${sandboxURL}/oauth2.0/authorize?response_type=code`) },
  {
    name: "overview of the sandbox",
    open: async (page, unique) => {
      await arriveAsNewcomer(page, longNickname(unique("n")));
      await page.goto(sandboxURL);
    },
  },
];

/** The account page as it tells of something that just happened. */
async function accountAfter(page: Page, unique: (base: string) => string, flash: string) {
  await arriveWithAccount(page, longNickname(unique("n")), longUsername(unique("u")));
  await page.goto("/");
  await page.context().addCookies([{ name: "flash", value: flash, url: page.url() }]);
  await page.goto("/account");
}
