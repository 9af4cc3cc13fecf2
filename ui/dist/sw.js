// The service worker: pages without a line. It keeps the files of this build, and what was last read without a token.
const VERSION = "226c2ca04f4a263e";
const FILES = ["/assets/ar-0SAZRtut.js", "/assets/ar.problems-LVVLSy5y.js", "/assets/ar.work-DFsoRDTb.js", "/assets/basics-BI6j2naJ.js", "/assets/client-B2Pojf40.js", "/assets/code-C-Pnz3st.js", "/assets/columns-Da765g6M.js", "/assets/columns-ZGgkvwQ4.js", "/assets/docs-DDGwB6Bl.css", "/assets/docs-DmIDtsa5.js", "/assets/drafts-DhwyeFws.js", "/assets/en-CsVXI95Z.js", "/assets/en.work-BqKuL6eV.js", "/assets/enter-CAogFuC_.js", "/assets/enter-CFanOiPd.css", "/assets/findings-BoJ5jhCF.js", "/assets/gazetteer-D01hRzLu.js", "/assets/loaded-D14f7zyS.js", "/assets/lookup-D-pLD0nc.js", "/assets/main-DSfDlXDU.js", "/assets/main-_-5kqeSz.css", "/assets/problems-CDBAucNZ.js", "/assets/queue-C8n3wDZm.js", "/assets/router-zIAKAoKN.js", "/assets/samples-BwNkhxu3.js", "/assets/save-DPj7EF38.js", "/assets/settings-Dxh1qlNS.js", "/assets/theme-CbUyZsHm.js", "/assets/upload-6L3hYSFl.js", "/assets/upload-BahiyjyW.css", "/icon.svg", "/", "/enter", "/upload", "/docs", "/settings", "/docs/columns", "/docs/problems", "/docs/samples"];
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
