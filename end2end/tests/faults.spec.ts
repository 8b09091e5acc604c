import { approve, createAccount, expect, on, signInWithQQ, sandboxURL, test } from "./support.ts";

// A fault affects the next request to the sandbox, so these tests run one by one, after all others.

test.afterEach(async ({ request }) => {
  await request.delete(`${sandboxURL}/sandbox/faults`);
});

const cases = [
  { endpoint: "authorize", fault: "drop_state", code: "expired", text: "This sign-in has expired" },
  { endpoint: "authorize", fault: "cancel", code: "cancelled", text: "You cancelled the QQ sign-in" },
  { endpoint: "token", fault: "code_expired", code: "denied", text: "QQ needs you to sign in again" },
  { endpoint: "token", fault: "wrong_key", code: "misconfigured", text: "QQ sign-in isn't set up correctly" },
  { endpoint: "token", fault: "http_500", code: "unreachable", text: "We can't reach QQ right now" },
  { endpoint: "me", fault: "wrong_client", code: "denied", text: "QQ needs you to sign in again" },
  { endpoint: "me", fault: "html", code: "unreachable", text: "We can't reach QQ right now" },
];

for (const { endpoint, fault, code, text } of cases) {
  test(`the login page reports ${fault} of ${endpoint}, and the next try succeeds`, async ({
    page,
    request,
    unique,
  }) => {
    const response = await request.put(`${sandboxURL}/sandbox/faults/${endpoint}`, { data: { fault, times: 1 } });
    expect(response.ok()).toBe(true);

    const nickname = unique("unlucky");
    await page.goto("/login?next=%2F%3Fx%3D1");
    await signInWithQQ(page, nickname);
    await expect(page).toHaveURL((url) => url.pathname === "/login" && url.searchParams.get("error") === code);
    await expect(on(page).alert).toContainText(text);

    await signInWithQQ(page, nickname);
    await on(page).oneClick.click();
    await expect(page).toHaveURL(fault === "drop_state" ? "/account" : "/?x=1");
  });
}

test("actions that need QQ report its failure and can be tried again", async ({ page, request, unique }) => {
  await createAccount(page, unique("patient"), unique("patient"));
  await page.goto("/account");
  const setFault = (endpoint: string, fault: string, times: number) =>
    request.put(`${sandboxURL}/sandbox/faults/${endpoint}`, { data: { fault, times } });

  await setFault("get_user_info", "http_500", 2);
  await on(page).updateProfile.click();
  await expect(on(page).alert).toContainText("QQ isn't responding");
  await expect(on(page).updateProfile).toHaveText(/^Try again/);
  await on(page).updateProfile.click();
  await expect(page.getByRole("status")).toHaveText("Your nickname and avatar are up to date.");
  await expect(on(page).alert).toHaveCount(0);

  await setFault("token", "drop", 1);
  await on(page).renew.click();
  await expect(on(page).alert).toContainText("We couldn't renew your QQ authorization");
  await on(page).renew.click();
  await expect(page.getByRole("status")).toHaveText("QQ authorization renewed.");
});

test("a rejected refresh redirects through QQ and back, also from a form", async ({ page, request, unique }) => {
  const nickname = unique("refused");
  await createAccount(page, nickname, nickname);
  await page.goto("/account");
  await request.put(`${sandboxURL}/sandbox/faults/token`, { data: { fault: "refresh_used", times: 1 } });
  await on(page).renew.click();
  await approve(page, nickname);
  await expect(page).toHaveURL("/account");
  await expect(on(page).username).toHaveText(nickname);

  // The new login brought a new refresh token.
  await on(page).renew.click();
  await expect(page.getByRole("status")).toHaveText("QQ authorization renewed.");
});

test("registration works without a nickname from QQ", async ({ page, request, unique }) => {
  await request.put(`${sandboxURL}/sandbox/faults/get_user_info`, { data: { fault: "api_denied", times: 1 } });
  await page.goto("/login");
  await on(page).qqButton.click();
  await approve(page, unique("nameless"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome");
  await on(page).oneClick.click();
  await expect(page).toHaveURL("/account");
  await expect(page.getByText("Not provided by QQ")).toBeVisible();
});
