import type { Page } from "@playwright/test";
import { expect } from "../support.ts";

/** 320 pixels are also what is left of a usual screen at a zoom of 400 % (WCAG 1.4.10). */
const width = 320;

/** Nothing is cut off or has to be pushed aside, and fingers find targets large enough. */
export async function expectFitForNarrowScreens(page: Page) {
  await page.setViewportSize({ width, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  expect(await targetsSmallerThan(page, "button, input, a.button, a.qq-button, header a", 44, ".small, [type=radio]")).toEqual([]);
  expect(await targetsSmallerThan(page, "button", 24)).toEqual([]);
}

/** The targets that are not as high and wide as they should be. Hidden fields are none. */
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
