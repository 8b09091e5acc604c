import { approve, expect, on, passByQQ, sandboxURL, test } from "./support.ts";

// The sandbox's faults strike whoever comes next: these tests run one by one, after all others.

test.afterEach(async ({ request }) => {
  await request.delete(`${sandboxURL}/sandbox/faults`);
});

const ends = [
  { endpoint: "authorize", fault: "drop_state", code: "expired", text: "This sign-in has expired" },
  { endpoint: "authorize", fault: "cancel", code: "cancelled", text: "You cancelled the QQ sign-in" },
  { endpoint: "token", fault: "code_expired", code: "denied", text: "QQ asks you to sign in again" },
  { endpoint: "token", fault: "wrong_key", code: "misconfigured", text: "QQ sign-in is set up wrongly" },
  { endpoint: "token", fault: "http_500", code: "unreachable", text: "QQ cannot be reached right now" },
  { endpoint: "me", fault: "wrong_client", code: "denied", text: "QQ asks you to sign in again" },
  { endpoint: "me", fault: "html", code: "unreachable", text: "QQ cannot be reached right now" },
];

for (const { endpoint, fault, code, text } of ends) {
  test(`when ${endpoint} fails with ${fault} the login page says so, and the next try succeeds`, async ({
    page,
    request,
    unique,
  }) => {
    const planned = await request.put(`${sandboxURL}/sandbox/faults/${endpoint}`, { data: { fault, times: 1 } });
    expect(planned.ok()).toBe(true);

    const nickname = unique("unlucky");
    await page.goto("/login?next=%2F%3Fx%3D1");
    await passByQQ(page, nickname);
    await expect(page).toHaveURL((url) => url.pathname === "/login" && url.searchParams.get("error") === code);
    await expect(on(page).alert).toContainText(text);

    await passByQQ(page, nickname);
    await on(page).oneClick.click();
    await expect(page).toHaveURL(fault === "drop_state" ? "/account" : "/?x=1");
  });
}

test("without a nickname from QQ one registers all the same", async ({ page, request, unique }) => {
  await request.put(`${sandboxURL}/sandbox/faults/get_user_info`, { data: { fault: "api_denied", times: 1 } });
  await page.goto("/login");
  await on(page).qqButton.click();
  await approve(page, unique("nameless"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Hello");
  await on(page).oneClick.click();
  await expect(page).toHaveURL("/account");
  await expect(page.getByText("Not given by QQ")).toBeVisible();
});
