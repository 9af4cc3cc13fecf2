// The service worker: pages without a line. It keeps the files of this build, and what was last read without a token.
const VERSION = "8264dae974b26d3f";
const FILES = ["/assets/agreements-BBgj3Zen.js", "/assets/ar-DVIGe-8s.js", "/assets/ar.problems-LVVLSy5y.js", "/assets/ar.work-C4bZUwme.js", "/assets/code-CrmnrrEU.js", "/assets/columns-64weGy-C.js", "/assets/columns-Bbncx8Y9.js", "/assets/detail-uXO7_ydX.js", "/assets/docs-B33f0X2b.js", "/assets/docs-DDGwB6Bl.css", "/assets/drafts-Cjt7cFSJ.js", "/assets/en-Cbq4ZWXk.js", "/assets/en.work-C5WmTiiL.js", "/assets/enter-CFanOiPd.css", "/assets/enter-Dn-ZvmfZ.js", "/assets/findings-BPAlFQB2.js", "/assets/first-Crm8GMtG.js", "/assets/main-DNRZAKCV.js", "/assets/main-Dn4KHoTD.css", "/assets/problems-CRERlST2.js", "/assets/publication-D1o_yYxw.js", "/assets/samples-CzojaQR5.js", "/assets/settings-B6WJ74XO.js", "/assets/totals-NlmrbAyJ.js", "/assets/upload-BahiyjyW.css", "/assets/upload-onBdwWO3.js", "/icon.svg", "/", "/enter", "/upload", "/docs", "/settings", "/docs/columns", "/docs/problems", "/docs/samples"];
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
