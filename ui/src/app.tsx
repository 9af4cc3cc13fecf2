/** The page around the pages: who it is, where one can go, in which language. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { expired, session } from "./api/session";
import { choose, language, loadWork, t } from "./i18n";
import { Notice } from "./parts/basics";
import { go, path, query, withQuery } from "./router";
import { waiting } from "./store/queue";
import Look from "./pages/look";

type Page = { default: ComponentType };

/** The front page comes at once, the others when they are gone to. */
const LAZY: Record<string, () => Promise<Page>> = {
  "/enter": () => import("./pages/enter"),
  "/upload": () => import("./pages/upload"),
  "/settings": () => import("./pages/settings"),
  "/docs": () => import("./pages/docs"),
  "/docs/columns": () => import("./pages/docs/columns"),
  "/docs/problems": () => import("./pages/docs/problems"),
  "/docs/samples": () => import("./pages/docs/samples"),
};
const NAVIGATION = [
  ["/", "nav-look"],
  ["/enter", "nav-enter"],
  ["/upload", "nav-upload"],
  ["/docs", "nav-docs"],
  ["/settings", "nav-settings"],
] as const;

const there = new Map<string, ComponentType>([["/", Look]]);

export function App() {
  const at = path.value;
  const [page, setPage] = useState<string | null>(there.has(at) ? at : null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    setFailed(false);
    const load = LAZY[at];
    if (there.has(at) || !load) return setPage(at);
    Promise.all([load(), loadWork()]).then(
      ([module]) => {
        there.set(at, module.default);
        setPage(at);
      },
      () => setFailed(true),
    );
  }, [at]);
  const current = page !== null && page === at ? page : there.has(at) ? at : null;
  const Body = current === null ? undefined : there.get(current);
  useEffect(() => {
    const nav = NAVIGATION.find(([to]) => to !== "/" && at.startsWith(to)) ?? NAVIGATION[0];
    document.title = at === "/" ? t("title") : `${t(nav[1])} · ${t("title-short")}`;
  }, [at, language.value]);
  return (
    <>
      <a class="skip" href="#main">{t("skip")}</a>
      <Header />
      <main id="main">
        <Offline />
        {expired.value && <Notice tone="error">{t("failure-token")} <a href="/settings">{t("sign-in")}</a></Notice>}
        {Body ? <Body key={language.value} /> : failed ? <Notice tone="error">{t("page-failed")}</Notice> : <p class="loading" role="status">{t("loading")}</p>}
      </main>
      <Footer />
    </>
  );
}

function Header() {
  const other = language.value === "ar" ? "en" : "ar";
  const turn = async () => {
    if (query.value.has("lang")) go(withQuery({ lang: other }), true);
    await choose(other);
  };
  const count = waiting.value;
  return (
    <header class="top">
      <a class="brand" href="/">
        <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true" focusable="false">
          <path class="roof" d="M4 15.5L16 5l12 10.5" />
          <path class="way" d="M8 14v12h16V14" />
          <path class="door" d="M16 26v-7" />
        </svg>
        <span>homeward</span>
      </a>
      <nav aria-label={t("navigation")}>
        {NAVIGATION.map(([to, text]) => {
          const here = to === "/" ? path.value === "/" : path.value.startsWith(to);
          return (
            <a key={to} href={to} aria-current={here ? "page" : undefined}>
              {t(text)}
              {to === "/enter" && count > 0 && <span class="count-badge" title={t("queue-waiting", { count })}>{count}<span class="hidden"> {t("queue-waiting", { count })}</span></span>}
            </a>
          );
        })}
      </nav>
      <button type="button" class="language" lang={other} onClick={turn}>
        {other === "ar" ? "العربية" : "English"}
      </button>
    </header>
  );
}

function Offline() {
  const [off, setOff] = useState(!navigator.onLine);
  useEffect(() => {
    const update = () => setOff(!navigator.onLine);
    addEventListener("online", update);
    addEventListener("offline", update);
    return () => {
      removeEventListener("online", update);
      removeEventListener("offline", update);
    };
  }, []);
  return off ? <Notice tone="warning">{t(path.value === "/enter" ? "offline-enter" : "offline")}</Notice> : null;
}

function Footer() {
  return (
    <footer class="bottom">
      <p>{t("footer-claims")}</p>
      <p>
        <a href="/docs">{t("nav-docs")}</a> · <a href="/openapi.json">OpenAPI</a> · <a href="/settings">{session.value ? t("signed-in") : t("sign-in")}</a>
      </p>
    </footer>
  );
}
