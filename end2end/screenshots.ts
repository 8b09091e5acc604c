import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { openRegistration, createAccount, expect, fillForm, on, test } from "./tests/support.ts";

// Writes screenshots/PAGE-LANGUAGE-THEME-WIDTH.png.

const folder = fileURLToPath(new URL("screenshots/", import.meta.url));
const newcomer = "小企鹅🐧";

const pages: Record<string, (page: Page, unique: (base: string) => string) => Promise<unknown>> = {
  home: (page) => page.goto("/"),
  "home-signed-in": async (page, unique) => {
    await createAccount(page, unique("小明"), unique("xiaoming"));
    await page.goto("/");
  },
  login: (page) => page.goto("/login?next=%2F%3Fx%3D1"),
  "login-error": (page) => page.goto("/login?error=expired"),
  register: (page) => openRegistration(page, newcomer),
  "register-errors": async (page) => {
    await openRegistration(page, newcomer);
    await fillForm(page, "小明", "not an address");
    await expect(on(page).alert).toBeFocused();
  },
  account: async (page, unique) => {
    await createAccount(page, unique("小明"), unique("xiaoming"));
    await page.goto("/account");
  },
  sessions: async (page, unique) => {
    await createAccount(page, unique("小明"), unique("xiaoming"));
    await page.goto("/account/sessions");
  },
  username: async (page, unique) => {
    await createAccount(page, unique("小明"), unique("xiaoming"));
    await page.goto("/account/username");
    await on(page).usernameInput.fill("admin");
    await page.getByTestId("change-username").getByRole("button").click();
    await expect(on(page).alert).toBeFocused();
  },
  "qq-accounts": async (page, unique) => {
    await createAccount(page, unique("小明"), unique("xiaoming"));
    await page.goto("/account/qq");
  },
  data: async (page, unique) => {
    await createAccount(page, unique("小明"), unique("xiaoming"));
    await page.goto("/account/data");
  },
  delete: async (page, unique) => {
    await createAccount(page, unique("小明"), unique("xiaoming"));
    await page.goto("/account/delete");
  },
  privacy: (page) => page.goto("/privacy"),
  "not-found": (page) => page.goto("/nowhere"),
  consent: (page) => page.goto("/login/qq"),
};

for (const locale of ["zh-CN", "en"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [390, 1280]) {
      test.describe(() => {
        test.use({ locale, colorScheme, viewport: { width, height: 800 }, deviceScaleFactor: 2 });

        for (const [name, open] of Object.entries(pages)) {
          test(`${name}, ${locale}, ${colorScheme}, ${width} wide`, async ({ page, unique, watch }) => {
            if (name === "not-found") {
              watch.expectStatus(404, "/nowhere");
            }
            await open(page, unique);
            await page.screenshot({ path: `${folder}${name}-${locale}-${colorScheme}-${width}.png`, fullPage: true });
          });
        }
      });
    }
  }
}
