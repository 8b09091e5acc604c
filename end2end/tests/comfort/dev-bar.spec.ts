import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "../support.ts";

const program = fileURLToPath(new URL("../../../target/release/qq-login", import.meta.url));

test("the release build has no development bar and none of its routes", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByTestId("dev-bar")).toHaveCount(0);
  for (const route of ["/dev/fault", "/dev/expire-token"]) {
    expect((await page.request.post(route, { form: { fault: "me/drop" } })).status()).toBe(404);
  }
  if (!process.env["BASE_URL"]) {
    const code = readFileSync(program);
    for (const text of ["dev-bar", "/dev/fault", "/dev/expire-token"]) {
      expect(code.includes(text), text).toBe(false);
    }
  }
});
