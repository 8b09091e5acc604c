import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

// Pictures of every page, for people who want to see them: `npm run screenshots`.
export default defineConfig({
  ...config,
  testDir: ".",
  testMatch: "screenshots.ts",
  projects: [{ name: "screenshots" }],
});
