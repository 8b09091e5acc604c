import type { Page } from "@playwright/test";
import { openRegistration, createAccount, expect, test } from "../support.ts";

test("pages with a script say when they are ready", async ({ page, unique }) => {
  for (const path of ["/", "/login", "/login?error=expired"]) {
    await page.goto(path);
    await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
  }
  await openRegistration(page, unique("ready"));
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
  const name = unique("ready");
  await page.request.post("/register", { form: { username: name, email: `${name}@example.com` } });
  await page.goto("/account");
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "true");
});

test("pages load only the scripts they need", async ({ page, unique, watch }) => {
  watch.expectStatus(404, "/nowhere");
  const scripts = recordScripts(page);
  for (const path of ["/", "/login", "/privacy", "/nowhere"]) {
    await page.goto(path, { waitUntil: "networkidle" });
    await expect(page.locator("script")).toHaveCount(1);
  }
  const name = unique("plain");
  await createAccount(page, name, name);
  await page.goto("/account", { waitUntil: "networkidle" });
  expect(scripts).toEqual(["/page.js"]);

  // Only a page with islands loads the WebAssembly.
  await page.context().clearCookies();
  await openRegistration(page, unique("islands"));
  await expect.poll(() => scripts.toSorted()).toEqual(["/page.js", "/pkg/qq-login.js", "/pkg/qq-login.wasm"]);
});

/** Collects the paths, without hashes, of the scripts and the WebAssembly that a page requests, each once. */
function recordScripts(page: Page): string[] {
  const scripts: string[] = [];
  page.on("request", (request) => {
    const pathname = new URL(request.url()).pathname.replace(/\.[0-9a-f]{16}\./, ".");
    if (/\.(m?js|wasm)$/.test(pathname) && !scripts.includes(pathname)) {
      scripts.push(pathname);
    }
  });
  return scripts;
}
