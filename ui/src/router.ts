/** Where the reader is: the address is the state of the page, so that a view can be sent as a link. */
import { computed, signal } from "@preact/signals";

export const PAGES = ["/", "/enter", "/upload", "/settings", "/docs", "/docs/columns", "/docs/problems", "/docs/samples"];

export const address = signal(location.pathname + location.search);

export const path = computed(() => {
  const plain = address.value.split("?")[0] ?? "/";
  return plain.length > 1 ? plain.replace(/\/+$/, "") : plain;
});

export const query = computed(() => new URLSearchParams(address.value.split("?")[1] ?? ""));

/** Goes to an address of ours. */
export function go(to: string, replace = false): void {
  const url = new URL(to, location.href);
  const next = url.pathname + url.search;
  if (next + url.hash === location.pathname + location.search + location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", next + url.hash);
  const turned = url.pathname !== location.pathname || next.split("?")[0] !== address.value.split("?")[0];
  address.value = next;
  if (turned && !replace) arrived();
}

/** A new page begins at its top, and screen readers begin to read there. */
export function arrived(): void {
  scrollTo(0, 0);
  requestAnimationFrame(() => document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true }));
}

/** The present address with some parameters changed; null takes one away. */
export function withQuery(changes: Record<string, string | null | undefined>): string {
  const next = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const text = next.toString();
  return path.value + (text ? `?${text}` : "");
}

addEventListener("popstate", () => {
  address.value = location.pathname + location.search;
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.("a");
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (!PAGES.includes(link.pathname)) return;
  if (link.hash && link.pathname + link.search === location.pathname + location.search) return;
  event.preventDefault();
  const turns = link.pathname + link.search !== location.pathname + location.search;
  go(link.href);
  if (turns) arrived();
});
