import { beginRegistration, expect, test } from "../support.ts";

// Checks what the other tests rely on: the three projects differ, and browser errors are noticed.

test("islands hydrate only with JavaScript and WebAssembly", async ({ page, unique }, { project }) => {
  await beginRegistration(page, unique("modes"));
  await page.waitForLoadState("networkidle");
  const html = page.locator("html");
  if (project.name === "js") {
    await expect(html).toHaveAttribute("data-hydrated", "true");
  } else {
    await expect(html).not.toHaveAttribute("data-hydrated");
  }
});

test("JavaScript runs, except in the project without it", async ({ page }, { project }) => {
  await page.goto("/login");
  // The content of `noscript` is text in a browser that runs scripts, and part of the page in one that does not.
  await page.evaluate(() => (document.body.innerHTML = "<noscript><p>no scripts here</p></noscript>"));
  await expect(page.locator("noscript p")).toHaveCount(project.name === "no-js" ? 1 : 0);
});

test("injected scripts and styles have no effect and are reported", async ({ page, watch }, { project }) => {
  await page.route("**/login", async (route) => {
    const response = await route.fetch();
    const injected = `<script>document.title = "taken over"</script><p id="injected" style="color: rgb(1, 2, 3)">injected</p>`;
    await route.fulfill({ response, body: (await response.text()).replace("</main>", `${injected}</main>`) });
  });
  await page.goto("/login");
  await expect(page.locator("#injected")).not.toHaveCSS("color", "rgb(1, 2, 3)");
  await expect(page).not.toHaveTitle("taken over");
  await watch.untilLoaded();
  // With JavaScript off, a script violates no policy.
  for (const rule of project.name === "no-js" ? ["style-src"] : ["style-src", "script-src"]) {
    expect(watch.take(new RegExp(rule)), rule).not.toEqual([]);
  }
});
