import type { Page } from "@playwright/test";
import { openRegistration, createAccount, errorOf, expect, fillForm, on, test } from "../support.ts";

const texts = {
  noName: "Enter a username.",
  noEmail: "Enter your email address.",
  short: "Username must be at least 2 characters.",
  characters: "Username can contain only letters, numbers, _ and -.",
  start: "Username must start with a letter or number.",
  reserved: "This username is reserved. Choose another one.",
  taken: "This username is taken. Choose another one.",
  email: "Enter one valid email address, such as name@example.com.",
};

const cases = [
  { name: "no input", username: "", email: "", usernameError: texts.noName, emailError: texts.noEmail },
  { name: "a short name", username: "明", email: "a@example.com", usernameError: texts.short },
  { name: "a name with spaces", username: "a <b> c", email: "a@example.com", usernameError: texts.characters },
  { name: "a name that starts with a dash", username: "-ann", email: "a@example.com", usernameError: texts.start },
  { name: "an invisible name", username: "\u3164\u3164\u3164", email: "a@example.com", usernameError: texts.characters },
  { name: "a reserved name", username: "Admin", email: "a@example.com", usernameError: texts.reserved },
  { name: "an invalid email", username: "", email: "not an address", usernameError: texts.noName, emailError: texts.email },
  { name: "two email addresses", username: "小企鹅", email: "a@example.com,b@example.com", emailError: texts.email },
];

for (const { name, username, email, usernameError, emailError } of cases) {
  test(`a form with ${name} is shown again with the input and the errors`, async ({ page, unique }) => {
    await openRegistration(page, unique("typist"));
    await fillForm(page, username, email);
    await expectErrors(page, { username, email, usernameError, emailError });
  });
}

test("a taken username is rejected in any case and width, and another one is accepted", async ({
  page,
  context,
  unique,
}) => {
  const taken = unique("taken");
  await createAccount(page, taken, taken);
  await context.clearCookies();

  await openRegistration(page, unique("late"));
  const lookalike = "ＴＡＫＥＮ" + taken.slice(5);
  await fillForm(page, lookalike, "late@example.com");
  await expectErrors(page, { username: lookalike, email: "late@example.com", usernameError: texts.taken });

  const free = unique("free");
  await on(page).usernameInput.fill(free);
  await on(page).submit.click();
  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(free);
});

test("an email address that another user entered is accepted", async ({ page, context, unique }) => {
  const [one, other] = [unique("one"), unique("two")];
  await openRegistration(page, one);
  await fillForm(page, one, `${one}@example.com`);
  await expect(page).toHaveURL("/account");
  await context.clearCookies();
  await openRegistration(page, other);
  await fillForm(page, other, `${one}@example.com`);
  await expect(page).toHaveURL("/account");
  await expect(page.getByText(`${one}@example.com`)).toBeVisible();
});

test("markup in a nickname or field is shown as text", async ({ page, unique }) => {
  const nickname = `<b>&amp;"${unique("b")}"</b><script>alert(1)</script>`;
  await openRegistration(page, nickname);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(nickname);
  const typed = `"><script>alert(1)</script>`;
  await fillForm(page, typed, typed);
  await expect(on(page).usernameInput).toHaveValue(typed);
  await expect(on(page).emailInput).toHaveValue(typed);
  await on(page).oneClick.click();
  await expect(on(page).nickname).toHaveText(nickname);
});

/** Checks title, alert, values and messages of a form with errors. */
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
