// The service worker: pages without a line. It keeps the files of this build, and what was last read without a token.
const VERSION = "5552c860b9c4f0c8";
const FILES = ["/assets/agreements-4cWd-I_d.js", "/assets/ar-CP9goDLQ.js", "/assets/ar.problems-LVVLSy5y.js", "/assets/ar.work-BietIa5g.js", "/assets/code-_WfyRd3I.js", "/assets/columns-BAY9zPYF.js", "/assets/columns-CZE8khQx.js", "/assets/detail-DGmmjZRn.js", "/assets/docs-CTQy1NlZ.js", "/assets/docs-DDGwB6Bl.css", "/assets/drafts-CTUoNd2v.js", "/assets/en-C9ZhRHJl.js", "/assets/en.work-CBu0Dnah.js", "/assets/enter-Bz-zIuFb.css", "/assets/enter-CCK4YXQ6.js", "/assets/findings-x84WFVXI.js", "/assets/first-C5fevRE9.js", "/assets/main-AEOsycVF.js", "/assets/main-B6djDqSs.css", "/assets/problems-VEMKUBO3.js", "/assets/publication-BjGexO6L.js", "/assets/samples-BviR5lEb.js", "/assets/settings-BzyKS_0f.js", "/assets/totals-DZk1FlU2.js", "/assets/upload-BahiyjyW.css", "/assets/upload-Bfmsql6_.js", "/icon.svg", "/", "/enter", "/upload", "/docs", "/settings", "/docs/columns", "/docs/problems", "/docs/samples"];
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
