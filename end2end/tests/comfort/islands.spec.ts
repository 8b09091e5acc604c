import type { Page } from "@playwright/test";
import { openRegistration, createAccount, expect, test } from "../support.ts";

test("pages with islands wake up", async ({ page, unique }) => {
  for (const path of ["/", "/login", "/login?error=expired"]) {
    await page.goto(path);
    await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
  }
  await openRegistration(page, unique("awake"));
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
  const name = unique("awake");
  await page.request.post("/register", { form: { username: name, email: `${name}@example.com` } });
  await page.goto("/account");
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
});

test("pages without islands load no script", async ({ page, unique, watch }) => {
  watch.expectStatus(404, "/nowhere");
  const name = unique("plain");
  await createAccount(page, name, name);
  const scripts = notedScripts(page);
  for (const path of ["/", "/nowhere"]) {
    await page.goto(path, { waitUntil: "networkidle" });
    await expect(page.locator("script")).toHaveCount(0);
  }
  expect(scripts).toEqual([]);

  // So that an empty list means something: a page with islands does load them.
  await page.context().clearCookies();
  await page.goto("/");
  await expect.poll(() => scripts.toSorted()).toEqual(["/pkg/qq-login.js", "/pkg/qq-login.wasm"]);
});

/** The paths of scripts and WebAssembly that a page asks for, each once. */
function notedScripts(page: Page): string[] {
  const scripts: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (/\.(m?js|wasm)$/.test(pathname) && !scripts.includes(pathname)) {
      scripts.push(pathname);
    }
  });
  return scripts;
}
