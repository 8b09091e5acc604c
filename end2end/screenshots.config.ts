import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

// Screenshots of every page: `npm run screenshots`.
export default defineConfig({
  ...config,
  testDir: ".",
  testMatch: "screenshots.ts",
  projects: [{ name: "screenshots" }],
});
