import { defineConfig } from "vite";

/** What the front page needs in any case: one file asked for once, not fifteen that wait for one another on a weak line. */
const FIRST = /\/node_modules\/|\/src\/(api|charts|parts|store|words|router|i18n)\b|\/src\/pages\/look\/(index|overview|headline|filters|record|published|view|why)\./;
/** What of these only other pages need. */
const LATER = /\/node_modules\/fflate\/|\/charts\/claims\.|\/parts\/findings\.|\/store\/drafts\.|\.css$/;

// The pages are written to build/out; build/dist.mjs makes ui/dist of that.
export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  // Texts are read as they are.
  assetsInclude: ["**/*.ftl"],
  build: {
    target: "es2022",
    outDir: "build/out",
    emptyOutDir: true,
    manifest: true,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: false,
    rollupOptions: {
      input: "src/main.tsx",
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        manualChunks: (id) => (FIRST.test(id) && !LATER.test(id) ? "first" : undefined),
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  server: { proxy: Object.fromEntries(["/v1", "/problems", "/health", "/openapi.json", "/docs/api", "/docs/columns.json"].map((path) => [path, process.env.SERVICE ?? "http://127.0.0.1:8080"])) },
});
