import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { closed, demo, settled, text, visit } from "./support.mjs";

const service = demo();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PAGES = [
  ["look", "/"],
  ["movement", "/?movement=al-waer-01.SY0208"],
  ["enter", "/enter"],
  ["upload", "/upload"],
  ["settings", "/settings"],
  ["docs", "/docs"],
  ["columns", "/docs/columns"],
  ["problems", "/docs/problems"],
  ["samples", "/docs/samples"],
];

/** What axe finds, in few words. */
async function found(page) {
  // Through the debugger: the page's own policy lets no foreign script in, and should not.
  await page.evaluate(axe);
  return page.evaluate(async (rules) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: rules });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`));
  }, RULES);
}

for (const [name, path] of PAGES) {
  for (const language of ["en", "ar"]) {
    test(`axe finds nothing on ${name} in ${language}, by day and by night`, async () => {
      for (const colorScheme of ["light", "dark"]) {
        const page = await visit(service, path, { language, colorScheme, token: service.token });
        for (const details of await page.locator("details").all()) await details.evaluate((one) => (one.open = true));
        assert.deepEqual(await found(page), [], colorScheme);
        assert.deepEqual(page.wrong, []);
        await page.context().close();
      }
    });
  }
}

test("every page fits 320 pixels, asks nobody but this service, and sets no cookie", async () => {
  for (const [name, path] of PAGES) {
    for (const language of ["en", "ar"]) {
      const page = await visit(service, path, { language, width: 320, height: 640 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${name} in ${language} is ${over} pixels too wide`);
      assert.deepEqual(page.asked.filter((url) => !url.startsWith(service.at) && !url.startsWith("data:") && !url.startsWith("blob:")), []);
      assert.deepEqual(await page.context().cookies(), []);
      await page.context().close();
    }
  }
});

test("pages come with a strict policy, are not fetched twice, and assets stay for good", async () => {
  for (const [, path] of PAGES) {
    const first = await fetch(service.at + path, { headers: { "Accept-Language": "ar" } });
    const policy = first.headers.get("content-security-policy");
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|http|\*/);
    assert.equal(first.headers.get("content-language"), "ar");
    const html = await first.text();
    const again = await fetch(service.at + path, { headers: { "Accept-Language": "ar", "If-None-Match": first.headers.get("etag") } });
    assert.equal(again.status, 304);
    const head = await fetch(service.at + path, { method: "HEAD", headers: { "Accept-Language": "ar" } });
    assert.deepEqual([head.status, head.headers.get("etag")], [200, first.headers.get("etag")]);
    for (const [, asset] of html.matchAll(/"(\/assets\/[^"]+)"/g)) {
      const answer = await fetch(service.at + asset);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get("cache-control"), /immutable/);
    }
  }
  assert.equal((await fetch(`${service.at}/assets/none.js`)).status, 404);
});

test("the first load is small", async () => {
  const html = await (await fetch(`${service.at}/`, { headers: { "Accept-Language": "ar" } })).text();
  let bytes = html.length;
  for (const asset of new Set([...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, one]) => one))) {
    const head = await fetch(service.at + asset, { method: "HEAD", headers: { "Accept-Encoding": "gzip" } });
    bytes += Number(head.headers.get("content-length"));
  }
  assert.ok(bytes < 70_000, `${bytes} bytes`);
});

test("everything works by keyboard alone", async () => {
  const page = await visit(service, "/?lang=en");
  await page.keyboard.press("Tab");
  assert.equal(await text(page.locator(":focus")), "To the content");
  // Every stop can be seen.
  for (let stop = 0; stop < 25; stop++) {
    await page.keyboard.press("Tab");
    const [seen, what] = await page.evaluate(() => {
      const one = document.activeElement;
      const shown = one.matches(".segments input") ? one.nextElementSibling : one;
      return [getComputedStyle(shown).outlineStyle !== "none" || one.matches("input, select, textarea"), one.outerHTML];
    });
    assert.ok(seen, what);
  }
  await page.goto(`${service.at}/`);
  await settled(page);
  await page.getByRole("link", { name: "Enter" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Enter", level: 1 }).waitFor();
});

test("an admin of a closed service signs in, makes a token and revokes it", async () => {
  const own = await closed();
  try {
    const page = await visit({ ...own, browser: service.browser }, "/?lang=en");
    await page.getByText("can only be read with a token").waitFor();
    await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
    await page.getByLabel("Token").fill(own.token);
    await page.getByLabel("Keep it in this browser").check();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("section p", { hasText: "Admin: also manages tokens" }).waitFor();
    await page.getByLabel("Name").fill("field-office");
    await page.getByRole("button", { name: "Create a token" }).click();
    const made = await text(page.locator("code.token"));
    const opens = (token) => fetch(`${own.at}/v1/imports`, { headers: { Authorization: `Bearer ${token}` } });
    assert.equal((await opens(made)).status, 200);
    assert.deepEqual(await found(page), []);
    page.on("dialog", (dialog) => dialog.accept());
    await page.getByRole("row").filter({ hasText: "field-office" }).getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("row").filter({ hasText: "field-office" }).getByText("revoked on").waitFor();
    assert.equal((await opens(made)).status, 401);
    // An empty record says so, and where to begin.
    await page.goto(`${own.at}/`);
    await settled(page);
    await page.getByText("Nothing is recorded here yet").waitFor();
    assert.deepEqual(await found(page), []);
  } finally {
    own.stop();
  }
});

test("what was seen before is there without a line, with the time it is of", async () => {
  const page = await visit(service, "/?lang=en");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => (await caches.match("/", { ignoreVary: true })) !== undefined);
  await page.reload();
  await settled(page);
  await page.context().setOffline(true);
  await page.reload();
  await page.getByText("These figures are from").waitFor();
  assert.ok((await text(page.locator(".headline"))).includes("18,029"));
});

test("every problem is told in both languages", async () => {
  const { data } = await (await fetch(`${service.at}/problems`)).json();
  const page = await visit(service, "/docs/problems?lang=ar");
  const told = await page.locator("dl.columns > div").evaluateAll((all) => all.map((one) => [one.id, one.querySelector("dd").innerText]));
  assert.deepEqual(told.map(([code]) => code).sort(), data.map(({ code }) => code).sort());
  assert.deepEqual(told.filter(([, text]) => !/[\u0600-\u06ff]{3}/.test(text)).map(([code]) => code), []);
});

test("pictures of every page", async () => {
  const folder = process.env.PICTURES;
  assert.ok(folder, "PICTURES names the folder that they go to");
  mkdirSync(folder, { recursive: true });
  for (const [name, path, language, width, colorScheme] of [
    ["look", "/", "en", 1280, "light"],
    ["look-phone", "/", "ar", 390, "light"],
    ["look-dark", "/", "ar", 1280, "dark"],
    ["movement", "/?movement=al-waer-01.SY0208", "en", 1280, "light"],
    ["enter", "/enter", "ar", 1280, "light"],
    ["upload", "/upload", "en", 1280, "light"],
    ["settings", "/settings", "ar", 1280, "light"],
    ["docs", "/docs", "en", 1280, "light"],
    ["columns", "/docs/columns", "ar", 1280, "light"],
    ["problems", "/docs/problems", "en", 1280, "light"],
    ["samples", "/docs/samples", "en", 1280, "light"],
  ]) {
    const page = await visit(service, path, { language, width, height: width < 500 ? 844 : 960, colorScheme, token: path === "/" ? undefined : service.token });
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.context().close();
  }
});
