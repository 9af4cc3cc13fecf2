// The service worker: pages without a line. It keeps the files of this build, and what was last read without a token.
const VERSION = "6e88fc7ca4ba1627";
const FILES = ["/assets/ar-DVIGe-8s.js", "/assets/ar.problems-LVVLSy5y.js", "/assets/ar.work-BU_aRFwa.js", "/assets/basics-f_g4tqj3.js", "/assets/client-DwBM9HG8.js", "/assets/code-CCppgf4z.js", "/assets/columns-BLs8eaIu.js", "/assets/columns-CucWoDcL.js", "/assets/docs-C6fNFaxo.js", "/assets/docs-DDGwB6Bl.css", "/assets/drafts-4TkDRq-N.js", "/assets/en-Cbq4ZWXk.js", "/assets/en.work-DLc5QMZ3.js", "/assets/enter-BChR8v8x.js", "/assets/enter-CFanOiPd.css", "/assets/findings-BOk-ElKm.js", "/assets/gazetteer-Jtja8N8d.js", "/assets/loaded-BgXNccoP.js", "/assets/lookup-DyxsrMF7.js", "/assets/main-D1kHBbC9.js", "/assets/main-DdA-wEBq.css", "/assets/problems-BTZfbG7r.js", "/assets/queue-tsjVHcRu.js", "/assets/router-CzX8CDmg.js", "/assets/samples-B4G8nRFx.js", "/assets/save-BYRPiWmt.js", "/assets/settings-CgmYSIm4.js", "/assets/theme-mrYA8U7R.js", "/assets/upload-BahiyjyW.css", "/assets/upload-DAl8dn5i.js", "/icon.svg", "/", "/enter", "/upload", "/docs", "/settings", "/docs/columns", "/docs/problems", "/docs/samples"];
const SHELL = `homeward-${VERSION}`;
const ANSWERS = "homeward-answers";
const MOST = 120;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("homeward-") && name !== SHELL && name !== ANSWERS).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (FILES.includes(url.pathname)) event.respondWith(navigate(request, url));
  } else if (url.pathname.startsWith("/assets/") || url.pathname === "/icon.svg") {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  } else if (readable(url.pathname) && !request.headers.has("Authorization")) {
    event.respondWith(answer(request));
  }
});

/** What needs no token may be kept; files are not. */
function readable(path) {
  return (path.startsWith("/v1/") && !/\.\w+$/.test(path)) || path === "/problems" || path === "/docs/columns.json";
}

async function navigate(request, url) {
  try {
    return await fetch(request);
  } catch {
    const kept = await caches.match(url.pathname, { ignoreVary: true, ignoreSearch: true });
    return kept ?? Response.error();
  }
}

/** The service's own answer; only where nobody answers, the last one, marked with the time it is of. */
async function answer(request) {
  const cache = await caches.open(ANSWERS);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) keep(cache, request, fresh.clone());
    return fresh;
  } catch (error) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (!kept) throw error;
    return kept;
  }
}

async function keep(cache, request, response) {
  const headers = new Headers(response.headers);
  headers.set("X-Kept", new Date().toISOString());
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  await cache.delete(request, { ignoreVary: true });
  await cache.put(request, new Response(await response.blob(), { status: response.status, headers }));
  const all = await cache.keys();
  for (const old of all.slice(0, Math.max(0, all.length - MOST))) await cache.delete(old);
}
