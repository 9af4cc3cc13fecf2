// The service worker: pages without a line. It keeps the files of this build, and what was last read without a token.
const VERSION = "d5be3aaf9a3474ef";
const FILES = ["/assets/ar-CXno-oI1.js", "/assets/ar.problems-CSZMUq7s.js", "/assets/ar.work-CkeQwMCY.js", "/assets/basics-D2Tj7m5x.js", "/assets/client-fyIVuQ3X.js", "/assets/code-CLpJ-uz-.js", "/assets/columns-BL22wkdx.js", "/assets/columns-p3IvMz3p.js", "/assets/docs-CpL1SAYj.js", "/assets/docs-DDGwB6Bl.css", "/assets/drafts-K_1VRfwM.js", "/assets/en-D7USQ9OI.js", "/assets/en.work-BdRvqGlm.js", "/assets/enter-CFanOiPd.css", "/assets/enter-Ci5KtzAR.js", "/assets/findings-EbaxDXiy.js", "/assets/gazetteer-DGExOTMp.js", "/assets/loaded-D2OiPQzA.js", "/assets/lookup-BMYLibZ4.js", "/assets/main-BbCQm60a.css", "/assets/main-DvPG0kgR.js", "/assets/problems-CXyVyiU1.js", "/assets/queue-zfwxqPQx.js", "/assets/router-BOXRQbT_.js", "/assets/samples-C29uh5nn.js", "/assets/save-BFNWDsbn.js", "/assets/settings-D0TzQpfO.js", "/assets/theme-DGbCAf8H.js", "/assets/upload-BEvMcVym.js", "/assets/upload-BahiyjyW.css", "/icon.svg", "/", "/enter", "/upload", "/docs", "/settings", "/docs/columns", "/docs/problems", "/docs/samples"];
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
