import { expect, test } from "../support.ts";

// What the other journeys rely on: that the three projects differ as they should, and that their complaints are heard.

test("a page wakes up where there is JavaScript with WebAssembly, and nowhere else", async ({ page }, { project }) => {
  await page.goto("/login", { waitUntil: "networkidle" });
  const html = page.locator("html");
  if (project.name === "js") {
    await expect(html).toHaveAttribute("data-hydrated", "true");
  } else {
    await expect(html).not.toHaveAttribute("data-hydrated");
  }
});

test("JavaScript runs, but for the project without it", async ({ page }, { project }) => {
  await page.goto("/login");
  // What a `noscript` holds is text to a browser that runs scripts, and a part of the page to one that does not.
  await page.evaluate(() => (document.body.innerHTML = "<noscript><p>no scripts here</p></noscript>"));
  await expect(page.locator("noscript p")).toHaveCount(project.name === "no-js" ? 1 : 0);
});

test("what is written into a page is not followed, and told", async ({ page, watch }, { project }) => {
  await page.route("**/login", async (route) => {
    const response = await route.fetch();
    const foreign = `<script>document.title = "taken over"</script><p id="foreign" style="color: rgb(1, 2, 3)">foreign</p>`;
    await route.fulfill({ response, body: (await response.text()).replace("</main>", `${foreign}</main>`) });
  });
  await page.goto("/login");
  await expect(page.locator("#foreign")).not.toHaveCSS("color", "rgb(1, 2, 3)");
  await expect(page).not.toHaveTitle("taken over");
  await watch.untilLoaded();
  // A script that would not be run anyway is nothing to complain of.
  for (const rule of project.name === "no-js" ? ["style-src"] : ["style-src", "script-src"]) {
    expect(watch.take(new RegExp(rule)), rule).not.toEqual([]);
  }
});
