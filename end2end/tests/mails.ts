import type { Page } from "@playwright/test";
import { createAccount, expect, sandboxURL } from "./support.ts";

type Mail = { to: string[]; subject: string; text: string };

/** Waits for a mail to `to` whose subject matches, and returns the latest one. */
export async function receivedMail(page: Page, to: string, subject: RegExp): Promise<Mail> {
  let found: Mail | undefined;
  await expect
    .poll(async () => {
      const mails: Mail[] = await (await page.request.get(`${sandboxURL}/sandbox/mails`)).json();
      found = mails.filter((mail) => mail.to.includes(to) && subject.test(mail.subject)).at(-1);
      return found !== undefined;
    })
    .toBe(true);
  return found!;
}

/** Waits for a mail and returns the path of the link in it. */
export async function mailedLink(page: Page, to: string, subject: RegExp): Promise<string> {
  const { text } = await receivedMail(page, to, subject);
  const [link] = text.match(/\/mail\/[\w-]+/) ?? [];
  expect(link, text).toBeDefined();
  return link!;
}

/** Creates an account whose address is verified. */
export async function createVerifiedAccount(page: Page, username: string, email: string) {
  await createAccount(page, username, username, email);
  const link = await mailedLink(page, email, /Verify|验证/);
  const response = await page.request.post(link);
  expect(new URL(response.url()).pathname).toBe("/account/emails");
}

/** Asks for a link to the account with this address, on the registration page. Returns its path. */
export async function requestAccountLink(page: Page, email: string): Promise<string> {
  await sendLinkForm(page, email);
  return mailedLink(page, email, /Link a QQ|绑定/);
}

/** Sends the form for users who have an account already. */
export async function sendLinkForm(page: Page, email: string) {
  const form = page.getByTestId("register-link");
  await page.locator("details", { has: form }).locator("summary").click();
  await form.getByRole("textbox").fill(email);
  await form.getByRole("button").click();
  await expect(page.getByRole("status")).toBeVisible();
}
