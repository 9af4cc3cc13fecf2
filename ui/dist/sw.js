// The service worker: pages without a line. It keeps the files of this build, and what was last read without a token.
const VERSION = "e4ae540b511e9d20";
const FILES = ["/assets/ar-CXno-oI1.js", "/assets/ar.problems-mBJyk6gg.js", "/assets/ar.work-B2VyyqUU.js", "/assets/basics-BovO0l4i.js", "/assets/client-DnIUSibO.js", "/assets/code-1Wjb1Qvk.js", "/assets/columns-Ca_HbM4F.js", "/assets/columns-PAf4M_SQ.js", "/assets/docs-DDGwB6Bl.css", "/assets/docs-OvkmMxwt.js", "/assets/drafts-CgGhOOoo.js", "/assets/en-D7USQ9OI.js", "/assets/en.work-DeU8RJgL.js", "/assets/enter-BSdE5J_0.js", "/assets/enter-CFanOiPd.css", "/assets/findings-CfTPmCCo.js", "/assets/gazetteer-CmJLOMFv.js", "/assets/loaded-CP-3uk9M.js", "/assets/lookup-DwYs2onu.js", "/assets/main-BqxupEV_.css", "/assets/main-qjpiBBcD.js", "/assets/problems-aqGid4P1.js", "/assets/queue-Cdd2PzbH.js", "/assets/router-CIpyoCYo.js", "/assets/samples-LLOECAnm.js", "/assets/save-CYNRmRdz.js", "/assets/settings-Exc90x3e.js", "/assets/theme-SNn2cHTH.js", "/assets/upload-BahiyjyW.css", "/assets/upload-F_tXlxkM.js", "/icon.svg", "/", "/enter", "/upload", "/docs", "/settings", "/docs/columns", "/docs/problems", "/docs/samples"];
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
