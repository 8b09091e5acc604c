import { readFileSync } from "node:fs";
import { arriveWithAccount, expect, on, test } from "../support.ts";

test("s67 one signs out in another browser", async ({ page, pageElsewhere, unique }) => {
  const nickname = unique("n");
  const username = unique("roamer");
  await arriveWithAccount(page, nickname, username);
  await pageElsewhere.goto("/login/qq");
  await on(pageElsewhere).sandboxPerson.fill(nickname);
  await on(pageElsewhere).sandboxApprove.click();
  await expect(on(pageElsewhere).username).toHaveText(username);
  await page.goto("/account");
  await page.getByRole("link", { name: "Active sessions" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "This browser" })).toHaveCount(1);
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL("/account/sessions");
  await expect(page.getByRole("status")).toHaveText("Signed out. You're still signed in on this browser.");
  await expect(page.getByRole("button", { name: "Sign out" })).toHaveCount(0);
  await pageElsewhere.goto("/account");
  await expect(pageElsewhere).toHaveURL("/login?next=/account");
});

test("s95 one takes a copy along, deletes the account and can begin anew", async ({ page, unique }) => {
  const nickname = unique("n");
  const username = unique("leaver");
  await arriveWithAccount(page, nickname, username);
  await page.goto("/account");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download my data" }).click();
  const copy = JSON.parse(readFileSync(await (await download).path(), "utf8"));
  expect([copy.user_name, copy.identities[0].nickname]).toEqual([username, nickname]);
  await page.getByRole("link", { name: "Delete account" }).click();
  await page.getByRole("link", { name: "Keep my account" }).click();
  await page.getByRole("link", { name: "Delete account" }).click();
  await page.getByRole("button", { name: "Permanently delete my account" }).click();
  await expect(page).toHaveURL("/");
  await expect(page.getByRole("status")).toHaveText("Your account and all its data have been deleted.");
  await expect(on(page).qqButton).toBeVisible();
  await arriveWithAccount(page, nickname, username);
});

test("s96 privacy is told of before the button, in one's own language", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("main").getByRole("link", { name: "Privacy" }).click();
  await expect(page).toHaveURL("/privacy");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Privacy");
  await on(page).language("zh-CN").click();
  await expect(page).toHaveURL("/privacy");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("隐私说明");
});
