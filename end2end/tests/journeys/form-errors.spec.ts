import type { Page } from "@playwright/test";
import { arriveAsNewcomer, arriveWithAccount, errorOf, expect, fillForm, on, test } from "../support.ts";

const texts = {
  noName: "Enter a username.",
  noEmail: "Enter your email address.",
  short: "Username must be at least 3 characters.",
  characters: "Username can contain only letters, numbers, _ and -.",
  reserved: "This username is reserved. Choose another one.",
  taken: "This username is taken. Choose another one.",
  email: "Enter one valid email address, such as name@example.com.",
};

const cases = [
  { name: "nothing", username: "", email: "", usernameError: texts.noName, emailError: texts.noEmail },
  { name: "a name too short", username: "小明", email: "a@example.com", usernameError: texts.short },
  { name: "a name with a blank", username: "a <b> c", email: "a@example.com", usernameError: texts.characters },
  { name: "a reserved name", username: "Admin", email: "a@example.com", usernameError: texts.reserved },
  { name: "no address", username: "", email: "not an address", usernameError: texts.noName, emailError: texts.email },
  { name: "two addresses", username: "小企鹅", email: "a@example.com,b@example.com", emailError: texts.email },
];

for (const { name, username, email, usernameError, emailError } of cases) {
  test(`a form with ${name} comes back with what was typed and what is wrong`, async ({ page, unique }) => {
    await arriveAsNewcomer(page, unique("typist"));
    await fillForm(page, username, email);
    await expectErrors(page, { username, email, usernameError, emailError });
  });
}

test("a taken name is refused whatever its case and width, and another one is accepted", async ({
  page,
  context,
  unique,
}) => {
  const taken = unique("taken");
  await arriveWithAccount(page, taken, taken);
  await context.clearCookies();

  await arriveAsNewcomer(page, unique("late"));
  const sameToReaders = "ＴＡＫＥＮ" + taken.slice(5);
  await fillForm(page, sameToReaders, "late@example.com");
  await expectErrors(page, { username: sameToReaders, email: "late@example.com", usernameError: texts.taken });

  const free = unique("free");
  await on(page).usernameInput.fill(free);
  await on(page).submit.click();
  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(free);
});

test("an address that somebody else has typed as well is accepted like any other", async ({ page, context, unique }) => {
  const [one, other] = [unique("one"), unique("two")];
  await arriveAsNewcomer(page, one);
  await fillForm(page, one, `${one}@example.com`);
  await expect(page).toHaveURL("/account");
  await context.clearCookies();
  await arriveAsNewcomer(page, other);
  await fillForm(page, other, `${one}@example.com`);
  await expect(page).toHaveURL("/account");
  await expect(page.getByText(`${one}@example.com`)).toBeVisible();
});

test("markup in a nickname and in the fields is shown as it was typed", async ({ page, unique }) => {
  const nickname = `<b>&amp;"${unique("b")}"</b><script>alert(1)</script>`;
  await arriveAsNewcomer(page, nickname);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(nickname);
  const typed = `"><script>alert(1)</script>`;
  await fillForm(page, typed, typed);
  await expect(on(page).usernameInput).toHaveValue(typed);
  await expect(on(page).emailInput).toHaveValue(typed);
  await on(page).oneClick.click();
  await expect(on(page).nickname).toHaveText(nickname);
});

/** What a page has to show for a form that needs mending. */
async function expectErrors(
  page: Page,
  form: { username: string; email: string; usernameError?: string; emailError?: string },
) {
  await expect(page).toHaveTitle(/^Error: /);
  const { alert, usernameInput, emailInput } = on(page);
  await expect(alert).toBeFocused();
  await expect(usernameInput).toHaveValue(form.username);
  await expect(emailInput).toHaveValue(form.email);

  const messages = [form.usernameError, form.emailError].filter((message) => message !== undefined);
  await expect(alert.getByRole("link")).toHaveText(messages);
  for (const field of ["username", "email"] as const) {
    const message = form[`${field}Error`];
    const input = on(page)[`${field}Input`];
    await expect(errorOf(page, field)).toHaveText(message === undefined ? [] : [message]);
    if (message === undefined) {
      await expect(input).not.toHaveAttribute("aria-invalid");
    } else {
      await expect(input).toHaveAttribute("aria-invalid", "true");
      await expect(input).toHaveAccessibleDescription(new RegExp(escaped(message)));
      await alert.getByRole("link", { name: message }).click();
      await expect(input).toBeFocused();
    }
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
