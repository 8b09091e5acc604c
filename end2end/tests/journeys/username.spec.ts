import { beginRegistration, createAccount, expect, fillForm, on, openRegistration, test } from "../support.ts";

test("a user changes the username and goes back to the old one", async ({ page, unique }) => {
  const username = unique("old");
  const newName = unique("new");
  await createAccount(page, unique("n"), username);
  await page.goto("/account");
  await page.getByRole("link", { name: "Change username" }).click();
  await expect(page).toHaveURL("/account/username");
  for (const name of [newName, username]) {
    await on(page).usernameInput.fill(name);
    await page.getByTestId("change-username").getByRole("button").click();
    await expect(page.getByRole("status")).toHaveText("Username changed");
    await expect(on(page).username).toHaveText(name);
  }
});

test("s107 a taken username comes with two others, and one of them fills the field", async ({ page, otherBrowserPage, unique }) => {
  const username = unique("taken");
  await createAccount(otherBrowserPage, unique("n"), username);
  await beginRegistration(page, unique("n"), "/login?next=%2Fprivacy");
  const email = `${unique("e")}@example.com`;
  await fillForm(page, username, email);
  await expect(on(page).alert).toBeFocused();
  const suggestions = page.getByTestId("suggestions").getByRole("button");
  await expect(suggestions).toHaveCount(2);
  const name = await suggestions.first().innerText();
  await suggestions.first().click();
  await expect(on(page).usernameInput).toHaveValue(name);
  await expect(on(page).emailInput).toHaveValue(email);
  await expect(on(page).alert).toHaveCount(0);
  await on(page).submit.click();
  await expect(page).toHaveURL("/privacy");
});

test("enter in the field sends what was typed, not a suggestion", async ({ page, otherBrowserPage, unique }) => {
  const taken = unique("taken");
  await createAccount(otherBrowserPage, unique("n"), taken);
  await openRegistration(page, unique("n"));
  await fillForm(page, taken);
  await expect(page.getByTestId("suggestions")).toBeVisible();
  const username = unique("typed");
  await on(page).usernameInput.fill(username);
  await on(page).usernameInput.press("Enter");
  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(username);
});
