import type { Page } from "@playwright/test";
import { expect } from "../support.ts";

/** 320 pixels also correspond to a 1280-pixel screen at 400 % zoom (WCAG 1.4.10). */
const width = 320;

/** Checks that nothing overflows horizontally and that touch targets are large enough. */
export async function expectFitForNarrowScreens(page: Page) {
  await page.setViewportSize({ width, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  expect(await targetsSmallerThan(page, "button, input, a.button, a.qq-button, header a", 44, ".small, [type=radio]")).toEqual([]);
  expect(await targetsSmallerThan(page, "button", 24)).toEqual([]);
}

/** The visible targets that are smaller than `pixels`. */
function targetsSmallerThan(page: Page, selector: string, pixels: number, except = ".none"): Promise<string[]> {
  const visible = page.locator(selector).filter({ visible: true });
  return visible.evaluateAll(
    (targets, [pixels, except]) =>
      targets
        .filter((target) => !target.matches(except))
        .map((target) => ({ target, box: target.getBoundingClientRect() }))
        .filter(({ box }) => box.width < pixels || box.height < pixels)
        .map(({ target, box }) => `${target.outerHTML.slice(0, 80)}: ${box.width} x ${box.height}`),
    [pixels, except] as const,
  );
}
