import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.e2e.ts",
  globalSetup: "./e2e/setup.ts",
  // One server and one host, and a story that goes on from test to test.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  use: {
    locale: "en-GB",
    colorScheme: "light",
    viewport: { width: 1360, height: 860 },
    // What still glides when it is pressed may lie elsewhere when it is let go.
    contextOptions: { reducedMotion: "reduce" },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM_BIN"] ?? "/usr/bin/chromium",
      // Containers give the browser no sandbox of its own.
      args: ["--no-sandbox"],
    },
  },
});
