import { createVerifiedAccount, mailedLink, receivedMail, requestAccountLink, sendLinkForm } from "../mails.ts";
import { at, beginRegistration, expect, on, register, signInWithQQ, test } from "../support.ts";

test("a new user verifies the address, adds another one and makes it the primary one", async ({ page, unique }) => {
  const username = unique("ann");
  const [first, second] = [`${username}@example.com`, `${username}@example.org`];
  await register(page, username, username);
  await page.getByRole("link", { name: "Verify your address" }).click();
  await expect(page).toHaveURL("/account/emails");

  await page.goto(await mailedLink(page, first, /Verify/));
  await expect(page.getByTestId("email")).toHaveText(first);
  await page.getByTestId("mail-link").getByRole("button").click();
  await expect(page).toHaveURL("/account/emails");
  await expect(page.getByRole("status")).toContainText("Your address is verified.");

  await on(page).emailInput.fill(` ${second.toUpperCase()} `);
  await page.getByTestId("add-email").getByRole("button").click();
  await expect(page.getByRole("status")).toContainText("Check your inbox");
  await expect(page.getByTestId("email")).toHaveText([first, second]);
  await page.goto(await mailedLink(page, second, /Verify/));
  await page.getByTestId("mail-link").getByRole("button").click();
  await page.getByRole("button", { name: "Make primary" }).click();
  await expect(page.getByTestId("email")).toHaveText([second, first]);
  const notice = await receivedMail(page, first, /has changed/);
  expect(notice.text).toContain(`@${username}`);

  await page.getByRole("listitem").filter({ hasText: first }).getByRole("button", { name: "Remove" }).click();
  await expect(page.getByTestId("email")).toHaveText([second]);
  await page.goto("/account");
  await expect(page.getByText(second)).toBeVisible();
});

test("an address is verified on another device", async ({ page, otherBrowserPage, unique }) => {
  const username = unique("phone");
  await register(page, username, username);
  const link = await mailedLink(page, `${username}@example.com`, /Verify/);
  await otherBrowserPage.goto(link);
  await otherBrowserPage.getByTestId("mail-link").getByRole("button").click();
  await expect(otherBrowserPage.getByRole("heading", { level: 1 })).toHaveText("Address verified");
  await page.goto("/account");
  await expect(page.getByText("Verified", { exact: true })).toBeVisible();
});

test("a wrong address is explained next to the field", async ({ page, unique }) => {
  const username = unique("typo");
  await register(page, username, username);
  await page.goto("/account/emails");
  await on(page).emailInput.fill("nonsense");
  await page.getByTestId("add-email").getByRole("button").click();
  await expect(on(page).alert).toBeFocused();
  await on(page).alert.getByRole("link").click();
  await expect(on(page).emailInput).toBeFocused();
  await expect(on(page).emailInput).toHaveValue("nonsense");
});

test("a user who lost their QQ comes back with another one", async ({ page, otherBrowserPage, unique }) => {
  const [username, fresh] = [unique("owner"), unique("new")];
  const email = `${username}@example.com`;
  await createVerifiedAccount(otherBrowserPage, username, email);

  await beginRegistration(page, fresh, "/login?next=%2Fprivacy");
  const link = await requestAccountLink(page, email);
  await page.goto(link);
  await expect(page.getByTestId("link-qq")).toHaveText(fresh);
  await expect(page.getByTestId("link-account")).toHaveText(username);
  await expect(page.getByTestId("link-email")).toHaveText(email);
  await page.getByRole("radio").last().check();
  await page.getByTestId("mail-link").getByRole("button").click();
  await expect(page).toHaveURL("/privacy");
  await page.goto("/");
  await expect(on(page).username).toHaveText(username);
  expect((await receivedMail(page, email, /was linked/)).text).toContain("unlinked");

  await otherBrowserPage.goto("/account");
  await expect(otherBrowserPage, "the session of the lost QQ has ended").toHaveURL(at("/login?next=/account"));
  await signInWithQQ(otherBrowserPage, username);
  await expect(otherBrowserPage, "and it is a new user").toHaveURL("/register");
});

test("s101 a link to an account does nothing in another browser", async ({ page, otherBrowserPage, unique }) => {
  const username = unique("bound");
  const email = `${username}@example.com`;
  await createVerifiedAccount(otherBrowserPage, username, email);
  await beginRegistration(page, unique("new"));
  const link = await requestAccountLink(page, email);
  await otherBrowserPage.goto(link);
  await expect(otherBrowserPage.getByRole("heading", { level: 1 })).toHaveText("Open this link in the other browser");
  await page.goto(link);
  await page.getByTestId("mail-link").getByRole("button").click();
  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(username);
});

test("the answer is the same for an address without an account", async ({ page, unique }) => {
  await beginRegistration(page, unique("guess"));
  await sendLinkForm(page, `${unique("nobody")}@example.com`);
  await expect(page).toHaveURL("/register");
  await expect(page.getByRole("status")).toContainText("If an account has verified this address");
});
