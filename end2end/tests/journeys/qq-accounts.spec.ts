import { approve, createAccount, expect, on, signInWithQQ, test } from "../support.ts";

test("s51 s102 a user links a second QQ account, signs in with it, and unlinks it", async ({ page, otherBrowserPage, unique }) => {
  const username = unique("owner");
  const second = unique("second");
  await createAccount(page, unique("n"), username);
  await page.goto("/account");
  await page.getByRole("link", { name: "Manage QQ accounts" }).click();
  await expect(page.getByTestId("linked-qq")).toHaveCount(1);
  await page.getByTestId("add-qq").getByRole("button").click();
  await approve(page, second);
  await expect(page).toHaveURL("/account/qq/link");
  await expect(page.getByTestId("link-qq")).toHaveText(second);
  await expect(page.getByTestId("link-account")).toHaveText(username);
  await page.getByTestId("link-qq-form").getByRole("button").click();
  await expect(page.getByRole("status")).toContainText("QQ account linked.");
  await expect(page.getByTestId("linked-qq")).toHaveCount(2);

  await otherBrowserPage.goto("/login");
  await signInWithQQ(otherBrowserPage, second);
  await expect(on(otherBrowserPage).username).toHaveText(username);

  await page.getByRole("button", { name: "Unlink" }).click();
  await expect(page.getByRole("status")).toContainText("QQ account unlinked");
  await expect(page.getByTestId("linked-qq")).toHaveCount(1);
  await otherBrowserPage.goto("/account");
  await expect(otherBrowserPage).toHaveURL("/login?next=/account");
});

test("s51 a QQ account of another user is not linked", async ({ page, otherBrowserPage, unique }) => {
  const nickname = unique("n");
  await createAccount(otherBrowserPage, nickname, unique("other"));
  await createAccount(page, unique("n"), unique("owner"));
  await page.goto("/account/qq");
  await page.getByTestId("add-qq").getByRole("button").click();
  await approve(page, nickname);
  await expect(page).toHaveURL("/account/qq?error=linked-elsewhere");
  await expect(on(page).alert).toContainText("belongs to another account");
  await expect(page.getByTestId("linked-qq")).toHaveCount(1);
});
