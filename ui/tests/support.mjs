// What the browser tests share: a service of their own, a browser, and a few words to speak about pages.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

const BINARY = process.env.HOMEWARD;
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
];

/** Starts the binary and waits until it says where it listens. */
function start(args, env) {
  const child = spawn(BINARY, args, { env: { ...process.env, BIND: "127.0.0.1:0", RUST_LOG: "info", ...env } });
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (bytes) => {
      said += bytes;
      const address = /http:\/\/127\.0\.0\.1:\d+|listening on: (127\.0\.0\.1:[1-9]\d*)/.exec(said);
      const token = /hw_[\w-]+/.exec(said)?.[0];
      if (address && (args[0] !== "demo" || token)) resolve({ child, token, at: address[1] ? `http://${address[1]}` : address[0] });
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (code) => reject(new Error(`${args[0]} ended with ${code}:\n${said}`)));
  });
}

function output(args, env) {
  const child = spawn(BINARY, args, { env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (bytes) => (said += bytes));
    child.on("exit", (code) => (code === 0 ? resolve(said.trim()) : reject(new Error(`${args.join(" ")} ended with ${code}`))));
  });
}

/** The record of Al-Waer, and a browser, for the tests of one file. */
export function demo() {
  const shared = {};
  before(async () => {
    const service = await start(["demo"], {});
    Object.assign(shared, service);
    shared.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  });
  after(async () => {
    await shared.browser?.close();
    shared.child?.kill("SIGTERM");
  });
  return shared;
}

/** An empty service on a closed database, with an admin's token. */
export async function closed() {
  const folder = mkdtempSync(join(tmpdir(), "homeward-pages."));
  const env = { DATABASE_URL: `sqlite:${join(folder, "homeward.db")}` };
  const token = await output(["token", "create", "--name", "admin", "--role", "admin"], env);
  const { child, at } = await start(["serve"], env);
  const stop = () => {
    child.kill("SIGTERM");
    child.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  };
  return { at, token, stop };
}

/** A page in a browser of its own, as somebody who has never been here; everything that goes wrong in it is kept. */
export async function visit(shared, path, { language = "en", token, role = "editor", width = 1280, height = 900, ...options } = {}) {
  const context = await shared.browser.newContext({ viewport: { width, height }, locale: language === "ar" ? "ar-SY" : "en-GB", ...options });
  const page = await context.newPage();
  page.wrong = [];
  page.asked = [];
  page.on("pageerror", (error) => page.wrong.push(error.message));
  page.on("console", (message) => message.type() === "error" && page.wrong.push(message.text()));
  page.on("request", (request) => page.asked.push(request.url()));
  if (token) await context.addInitScript((session) => localStorage.setItem("homeward.session", JSON.stringify(session)), { token, role, kept: true });
  await page.goto(shared.at + path);
  await settled(page);
  return page;
}

/** Waits until the page has what it asked for. */
export async function settled(page) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]') && document.querySelector("main h1"));
}

/** Asks the API. */
export async function api(shared, path, options = {}) {
  const headers = { Authorization: `Bearer ${shared.token}`, ...(options.json ? { "Content-Type": "application/json" } : {}), ...options.headers };
  const response = await fetch(shared.at + path, { method: options.method ?? "GET", headers, ...(options.json ? { body: JSON.stringify(options.json) } : {}) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
}

/** The text of a page without the marks that keep directions apart. */
export async function text(locator) {
  return (await locator.innerText()).replace(/[\u2066-\u2069\u200e\u200f]/g, "");
}

/** Types the beginning of a name into a type-ahead and takes the first suggestion, by keyboard. */
export async function look_up(page, label, typed) {
  const field = page.getByRole("combobox", { name: label });
  await field.fill(typed);
  await page.locator('[role="listbox"]:visible [role="option"][aria-selected="true"]').waitFor();
  await field.press("Enter");
}
