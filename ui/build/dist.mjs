// dist.mjs: makes ui/dist, which the binary embeds, of what vite wrote to build/out.
//
// It adds the pages that the server sends before any script runs, in both languages, the service worker, a brotli and a gzip of
// every file, and files.rs, by which src/web.rs finds them all. The same sources give the same bytes. Compressors differ between
// versions of Node, so a compressed file that still unpacks to the right bytes is left as it is.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import { FluentBundle, FluentResource } from "@fluent/bundle";

const ui = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(ui, "build/out");
const dist = join(ui, "dist");
const manifest = JSON.parse(readFileSync(join(out, ".vite/manifest.json"), "utf8"));

/** name of the page, its path, its chunk, its place in the navigation. */
const PAGES = [
  ["look", "/", null, "nav-look"],
  ["enter", "/enter", "src/pages/enter/index.tsx", "nav-enter"],
  ["upload", "/upload", "src/pages/upload/index.tsx", "nav-upload"],
  ["docs", "/docs", "src/pages/docs/index.tsx", "nav-docs"],
  ["settings", "/settings", "src/pages/settings/index.tsx", "nav-settings"],
  ["docs-columns", "/docs/columns", "src/pages/docs/columns.tsx", "nav-docs"],
  ["docs-problems", "/docs/problems", "src/pages/docs/problems.tsx", "nav-docs"],
  ["docs-samples", "/docs/samples", "src/pages/docs/samples.tsx", "nav-docs"],
];
const LANGUAGES = ["en", "ar"];
const MEDIA = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".svg": "image/svg+xml",
};

const files = new Map();

for (const name of readdirSync(join(out, "assets")).sort()) files.set(`assets/${name}`, readFileSync(join(out, "assets", name)));
files.set("icon.svg", readFileSync(join(ui, "build/icon.svg")));

/** A chunk and everything that it imports at once. */
function chunks(entry, found = new Set()) {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const next of manifest[entry].imports ?? []) chunks(next, found);
  return found;
}

function texts(language) {
  const bundle = new FluentBundle(language, { useIsolating: false });
  for (const name of [`${language}.ftl`, `${language}.work.ftl`]) bundle.addResource(new FluentResource(readFileSync(join(ui, "texts", name), "utf8")));
  return (id) => bundle.formatPattern(bundle.getMessage(id).value);
}

/** What the documentation's page says before any script runs, and to whoever runs none. */
function documentation(t) {
  const links = [["/docs/api/", "docs-api"], ["/openapi.json", "docs-openapi"], ["/docs/columns", "docs-columns"], ["/docs/problems", "docs-problems"], ["/docs/samples", "docs-samples"], ["/v1/exports/dataset.zip", "docs-dataset"]];
  const items = links.map(([to, id]) => `<li><a href="${to}">${escape(t(id))}</a> ${escape(t(`${id}-about`))}</li>`);
  return `<p class="about">${escape(t("docs-about"))}</p>\n<ul>${items.join("")}</ul>`;
}

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

function shell([name, path, chunk, place], language) {
  const t = texts(language);
  const need = chunks("src/main.tsx");
  chunks(`texts/${language}.ftl?raw`, need);
  if (chunk) chunks(chunk, need);
  if (chunk) chunks(`texts/${language}.work.ftl?raw`, need);
  const [entry, ...rest] = [...need].map((key) => manifest[key]);
  const styles = [...new Set([entry, ...rest].flatMap(({ css }) => css ?? []))];
  const other = language === "en" ? "ar" : "en";
  const links = PAGES.slice(0, 5).map(([, to, , text]) => {
    const here = text === place ? ' aria-current="page"' : "";
    return `<a href="${to}"${here}>${escape(t(text))}</a>`;
  });
  return `<!doctype html>
<html lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(name === "look" ? t("title") : `${t(place)} · ${t("title-short")}`)}</title>
<meta name="description" content="${escape(t("description"))}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="alternate" hreflang="${other}" href="${path}?lang=${other}">
${styles.map((file) => `<link rel="stylesheet" href="/${file}">`).join("\n")}
<script type="module" src="/${entry.file}"></script>
${rest.map(({ file }) => `<link rel="modulepreload" href="/${file}">`).join("\n")}
</head>
<body>
<div id="app">
<header class="top"><a class="brand" href="/"><svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true"><path class="roof" d="M4 15.5L16 5l12 10.5"/><path class="way" d="M8 14v12h16V14"/><path class="door" d="M16 26v-7"/></svg><span>homeward</span></a><nav aria-label="${escape(t("navigation"))}">${links.join("")}</nav></header>
<main id="main"><h1>${escape(t({ look: "look-title", docs: "docs-title" }[name] ?? place))}</h1>
${name === "docs" ? documentation(t) : ""}
<noscript><p class="notice">${escape(t("noscript"))}</p></noscript></main>
</div>
</body>
</html>
`;
}

for (const page of PAGES) {
  for (const language of LANGUAGES) files.set(`pages/${page[0]}.${language}.html`, Buffer.from(shell(page, language)));
}

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);
const assets = [...files.keys()].filter((name) => !name.startsWith("pages/")).map((name) => `/${name}`);
const version = hash(Buffer.concat([...files.values()]));
const worker = readFileSync(join(ui, "src/worker.js"), "utf8")
  .replace('"__VERSION__"', JSON.stringify(version))
  .replace('"__FILES__"', [...assets, ...PAGES.map(([, path]) => path)].map((path) => JSON.stringify(path)).join(", "));
files.set("sw.js", Buffer.from(worker));

const unpacked = (path, unpack) => (existsSync(path) ? unpack(readFileSync(path)) : null);
const keep = new Set(["files.rs"]);
const lines = [];
for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const path = join(dist, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  const packed = [
    [".br", brotliDecompressSync, () => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })],
    [".gz", gunzipSync, () => gzipSync(bytes, { level: 9 })],
  ];
  for (const [end, unpack, pack] of packed) {
    keep.add(name + end);
    if (!unpacked(path + end, unpack)?.equals(bytes)) writeFileSync(path + end, pack());
  }
  keep.add(name);
  lines.push(
    `    File { path: "${name}", media_type: "${MEDIA[extname(name)]}", hash: "${hash(bytes)}", plain: include_bytes!("${name}"), brotli: include_bytes!("${name}.br"), gzip: include_bytes!("${name}.gz") },`,
  );
}
writeFileSync(join(dist, "files.rs"), `// Made by ui/build/dist.mjs: every file of the pages, sorted by path.\n&[\n${lines.join("\n")}\n]\n`);

for (const file of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const name = relative(dist, join(file.parentPath ?? file.path, file.name)).replaceAll("\\", "/");
  if (file.isFile() && !keep.has(name)) rmSync(join(dist, name));
}

// What a first visit to the front page loads.
const first = chunks("src/main.tsx");
chunks("texts/en.ftl?raw", first);
const loaded = [...first].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]);
const size = (end) => [...new Set(loaded), "pages/look.en.html"].reduce((sum, name) => sum + readFileSync(join(dist, name + end)).length, 0);
console.log(`first load: ${(size(".br") / 1024).toFixed(1)} KB brotli, ${(size(".gz") / 1024).toFixed(1)} KB gzip`);
