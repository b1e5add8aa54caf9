import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server that `npm run dev` passes API calls on to.
const server = process.env["PACKHORSE_URL"] ?? "http://127.0.0.1:7433";

export default defineConfig({
  plugins: [react()],
  server: { proxy: { "/api": { target: server, changeOrigin: true } } },
  build: {
    target: "es2023",
    // Everything is a file of its own: the content security policy allows no data: scripts and fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  test: { include: ["src/**/*.test.ts"] },
});
