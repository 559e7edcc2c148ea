// Build and development server. Owns: bundling, the development proxy, and how index.html names its assets.
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

// Chunks find each other relative to themselves, so any sub-path works. index.html is served for nested
// routes too, where "./assets" would point one folder too deep: it alone names its assets from the root.
function rootedIndex(): Plugin {
  return {
    name: "rooted-index",
    apply: "build",
    enforce: "post",
    transformIndexHtml: { order: "post", handler: (html) => html.replaceAll('"./', '"/') },
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), tailwindcss(), rootedIndex()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // The content security policy forbids data: fonts and scripts.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Small chunks compress badly and cost a request each: what the first page needs anyway comes as two.
        codeSplitting: {
          groups: [
            {
              name: "libraries",
              test: /node_modules\/(react|react-dom|scheduler|lucide-react|openapi-fetch|uplot|@tanstack\/(?!.*virtual))/,
            },
            { name: "base", test: /\/src\/(api|scope|time|live|charts)\/|\/src\/(base|now|theme|units)\.ts/ },
          ],
        },
      },
    },
  },
  server: { port: 5173, proxy: { "/api": process.env.HAWKEYE_PROXY ?? "http://127.0.0.1:4295" } },
  test: { include: ["src/**/*.test.ts", "tools/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0]);
