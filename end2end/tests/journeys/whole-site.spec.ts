import { fileURLToPath } from "node:url";
import { mailedLink, requestAccountLink } from "../mails.ts";
import { approve, expect, fillForm, logOut, on, sandboxURL, signInWithQQ, test } from "../support.ts";

// One journey through every page, in both languages and themes, on a phone and on a desk, in the three modes. Writes
// screenshots/STEP-LANGUAGE-THEME-WIDTH-MODE.png.

const folder = fileURLToPath(new URL("../../screenshots/", import.meta.url));

for (const locale of ["zh-CN", "en"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [390, 1280]) {
      test.describe(() => {
        test.use({ locale, colorScheme, viewport: { width, height: 800 } });

        test(`the whole site, ${locale}, ${colorScheme}, ${width} wide`, async ({ page, unique, watch }, { project }) => {
          test.slow();
          watch.expectStatus(404, "/nowhere");
          watch.expectStatus(410, "/mail/unknown");
          const [nickname, username] = [unique("小企鹅🐧"), unique("xiaoming")];
          const email = `${username}@example.com`;
          const shoot = async (step: string) => {
            await page.waitForLoadState();
            expect(await page.evaluate(() => document.documentElement.scrollWidth), step).toBeLessThanOrEqual(width);
            const path = `${folder}${step}-${locale}-${colorScheme}-${width}-${project.name}.png`;
            await page.screenshot({ path, fullPage: true, animations: "disabled" });
          };

          await page.goto("/");
          await shoot("home");
          await page.goto("/login?error=expired&next=%2Faccount");
          await shoot("login-error");
          await page.goto("/login");
          await shoot("login");
          await on(page).qqButton.click();
          await expect(on(page).sandboxPerson).toBeVisible();
          await shoot("sandbox-consent");
          await approve(page, nickname);
          await expect(page).toHaveURL("/register");
          await shoot("register");
          await fillForm(page, "admin", "not an address");
          await expect(on(page).alert).toBeFocused();
          await shoot("register-errors");
          await fillForm(page, username, email);
          await expect(page).toHaveURL("/account");
          await shoot("account-new");

          await page.goto("/account/emails");
          await shoot("emails");
          await page.goto(await mailedLink(page, email, /Verify|验证/));
          await shoot("mail-verify");
          await page.getByTestId("mail-link").getByRole("button").click();
          await expect(page).toHaveURL("/account/emails");
          await shoot("emails-verified");

          await page.goto("/account/username");
          await shoot("username");
          await on(page).usernameInput.fill("admin");
          await page.getByTestId("change-username").getByRole("button").last().click();
          await expect(on(page).alert).toBeFocused();
          await shoot("username-refused");

          await page.goto("/account/qq");
          await shoot("qq");
          await page.getByTestId("add-qq").getByRole("button").click();
          await approve(page, unique("second"));
          await expect(page.getByTestId("link-qq-form")).toBeVisible();
          await shoot("qq-link");
          await page.getByTestId("link-qq-form").getByRole("button").first().click();
          await expect(page.getByTestId("linked-qq")).toHaveCount(2);
          await shoot("qq-two");

          await page.goto("/account");
          await shoot("account");
          await page.goto("/account/sessions");
          await shoot("sessions");
          await page.goto("/account/delete");
          await shoot("delete");
          await page.goto("/");
          await shoot("home-signed-in");
          await logOut(page);
          await shoot("home-signed-out");

          await page.goto("/login");
          await signInWithQQ(page, unique("third"));
          await expect(page).toHaveURL("/register");
          const link = await requestAccountLink(page, email);
          await shoot("register-mail-sent");
          await page.goto(link);
          await expect(page.getByTestId("link-account")).toHaveText(username);
          await shoot("mail-link-qq");
          await page.goto("/mail/unknown");
          await shoot("mail-unusable");

          await page.goto("/privacy");
          await shoot("privacy");
          await page.goto("/nowhere");
          await shoot("not-found");
          await page.goto(`${sandboxURL}/sandbox/mailbox`);
          await shoot("sandbox-mailbox");
          await page.goto(sandboxURL);
          await shoot("sandbox");
        });
      });
    }
  }
}
