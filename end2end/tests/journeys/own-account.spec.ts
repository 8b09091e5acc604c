import { readFileSync } from "node:fs";
import { createAccount, expect, on, test } from "../support.ts";

test("s67 a user can sign out another browser", async ({ page, otherBrowserPage, unique }) => {
  const nickname = unique("n");
  const username = unique("roamer");
  await createAccount(page, nickname, username);
  await otherBrowserPage.goto("/login/qq");
  await on(otherBrowserPage).sandboxPerson.fill(nickname);
  await on(otherBrowserPage).sandboxApprove.click();
  await expect(on(otherBrowserPage).username).toHaveText(username);
  await page.goto("/account");
  await page.getByRole("link", { name: "Manage sessions" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "This browser" })).toHaveCount(1);
  await expect(page.getByTestId("session-device")).toHaveText([/^Chrome on /, /^Chrome on /]);
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL("/account/sessions");
  await expect(page.getByRole("status")).toHaveText("Signed out. You're still signed in on this browser.");
  await expect(page.getByRole("button", { name: "Sign out" })).toHaveCount(0);
  await otherBrowserPage.goto("/account");
  await expect(otherBrowserPage).toHaveURL("/login?next=/account");
});

test("s95 a user can download the data, delete the account and register again", async ({ page, unique }) => {
  const nickname = unique("n");
  const username = unique("leaver");
  await createAccount(page, nickname, username);
  await page.goto("/account");
  await page.getByRole("link", { name: "Download my data" }).click();
  await expect(page).toHaveURL("/account/data");
  await expect(on(page).username).toHaveText(username);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download", exact: true }).click();
  const copy = JSON.parse(readFileSync(await (await download).path(), "utf8"));
  expect([copy.user_name, copy.identities[0].nickname]).toEqual([username, nickname]);
  await page.goto("/account");
  await page.getByRole("link", { name: "Delete account" }).click();
  await expect(on(page).username).toHaveText(username);
  await page.getByRole("link", { name: "Keep my account" }).click();
  await page.getByRole("link", { name: "Delete account" }).click();
  await page.getByRole("button", { name: "Permanently delete my account" }).click();
  await expect(page).toHaveURL("/");
  await expect(page.getByRole("status")).toHaveText("Your account and all its data have been deleted.");
  await expect(on(page).qqButton).toBeVisible();
  await createAccount(page, nickname, username);
});

test("s96 the privacy page is linked before the button, in the chosen language", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("main").getByRole("link", { name: "Privacy" }).click();
  await expect(page).toHaveURL("/privacy");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Privacy");
  await on(page).language("zh-CN").click();
  await expect(page).toHaveURL("/privacy");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("隐私说明");
});
