/** Light, dark, or as the system has it. */
import { signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";
const STORED = "homeward.theme";

function stored(): Theme {
  try {
    const text = localStorage.getItem(STORED);
    return text === "light" || text === "dark" ? text : "auto";
  } catch {
    return "auto";
  }
}

export const theme = signal<Theme>(stored());

export function setTheme(to: Theme): void {
  theme.value = to;
  try {
    if (to === "auto") localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, to);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

theme.subscribe((now) => {
  if (now === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = now;
});
