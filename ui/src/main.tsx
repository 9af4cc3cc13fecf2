import { render } from "preact";
import { App } from "./app";
import { chosen, speak } from "./i18n";
import "./store/theme";
import { start } from "./store/queue";
import "./style/base.css";
import "./style/parts.css";
import "./style/look.css";
import "./style/print.css";

const place = document.getElementById("app");
if (place) {
  await speak(chosen());
  // What the server sent stands there until the page itself does.
  place.replaceChildren();
  render(<App />, place);
  start();
  // Only over HTTPS and on one's own machine do browsers let a page work without a line.
  if ("serviceWorker" in navigator && import.meta.env.PROD) {
    addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => undefined));
    if (document.readyState === "complete") navigator.serviceWorker.register("/sw.js").catch(() => undefined);
  }
}
