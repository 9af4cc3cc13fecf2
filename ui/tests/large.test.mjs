import assert from "node:assert/strict";
import { test } from "node:test";
import { demo, settled, text, visit } from "./support.mjs";

const service = demo();
const COUNT = 500;
// The answers here are made up on the way, past the service worker.
const serviceWorkers = "block";

/** The page with as many places as the whole of Syria has, each like the first one. */
async function crowded(path, options) {
  const page = await visit(service, path, { ...options, serviceWorkers });
  await page.route(/\/v1\/stats\/(stocks|flows)\?.*by=(origin%2C)?destination/, async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    const [first] = body.data;
    body.data = Array.from({ length: COUNT }, (_, at) => ({ ...first, destination: `place-${at}`, destination_name: `Place of the number ${at}`, displaced_individuals: 1_000_000 - at, remaining_individuals: 1_000_000 - at, remaining_individuals_high: 1_000_000 }));
    await route.fulfill({ response: answer, json: body });
  });
  await page.reload();
  await settled(page);
  return page;
}

test("of many places the largest are drawn, and the others when they are asked for", async () => {
  const page = await crowded("/?lang=en");
  const panel = page.getByRole("region", { name: "Who is still there", exact: true });
  assert.equal(await panel.locator("svg .row").count(), 14);
  await panel.getByRole("button", { name: `Show more (14 of ${COUNT} shown)` }).click();
  assert.equal(await panel.locator("svg .row").count(), 28);
  // A table that nobody opened is not made.
  assert.equal(await panel.locator("tr").count(), 0);
  await panel.getByText("The same numbers as a table").click();
  await panel.locator("tbody tr").first().waitFor();
  assert.equal(await panel.locator("tbody tr").count(), 200);
  await panel.getByRole("button", { name: `(200 of ${COUNT} shown)` }).click();
  assert.equal(await panel.locator("tbody tr").count(), 400);
});

for (const [language, width] of [["en", 320], ["ar", 390], ["en", 1280], ["ar", 1280]]) {
  test(`names stand beside the flows and inside the page, in ${language} at ${width}`, async () => {
    for (const page of [await visit(service, "/", { language, width }), await crowded("/", { language, width })]) {
      const { picture, between, names } = await page.locator("svg.flows").evaluate((svg) => {
        const box = (one) => (({ left, right, top, bottom }) => ({ left, right, top, bottom }))(one.getBoundingClientRect());
        const nodes = [...svg.querySelectorAll(".node")].map(box);
        return {
          picture: box(svg),
          between: [Math.min(...nodes.map(({ left }) => left)), Math.max(...nodes.map(({ right }) => right))],
          names: [...svg.querySelectorAll("text:not(.tick)")].map((one) => ({ ...box(one), name: one.textContent })),
        };
      });
      assert.ok(names.length > 9);
      for (const name of names) {
        assert.ok(name.right <= between[0] + 1 || name.left >= between[1] - 1, `${name.name} lies on the flows`);
        assert.ok(name.left >= picture.left - 1 && name.right <= picture.right + 1, `${name.name} is cut off`);
        const crossed = names.find((other) => other !== name && other.left < name.right && other.right > name.left && other.top + 4 < name.bottom && other.bottom > name.top + 4);
        assert.ok(!crossed, `${name.name} lies on ${crossed?.name}`);
      }
      await page.context().close();
    }
  });
}

test("while a large record is added up the page says so, and shows what is there already", async () => {
  const page = await visit(service, "/docs?lang=en", { serviceWorkers });
  let open;
  const held = new Promise((resolve) => (open = resolve));
  await page.route("**/v1/stats/summary*", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole("link", { name: "Look" }).click();
  await page.getByText("Adding up the record").waitFor();
  await page.getByRole("region", { name: "The record", exact: true }).locator("tbody tr").first().waitFor();
  assert.equal(await page.getByRole("region", { name: "The numbers", exact: true }).getAttribute("aria-busy"), "true");
  open();
  await settled(page);
  assert.ok((await text(page.locator(".headline"))).includes("18,029"));
  assert.equal(await page.getByText("Adding up the record").count(), 0);
});

test("a chart that the service refuses says so, and can be asked for again", async () => {
  const page = await visit(service, "/docs?lang=en", { serviceWorkers });
  let refuse = true;
  await page.route(/\/v1\/stats\/flows\?.*by=origin/, (route) => (refuse ? route.fulfill({ status: 503, json: { status: 503, code: "busy", title: "Busy" } }) : route.continue()));
  await page.getByRole("link", { name: "Look" }).click();
  const panel = page.getByRole("region", { name: "From where to where", exact: true });
  await panel.getByRole("alert").getByText("too busy").waitFor();
  // The others stand.
  assert.equal(await page.locator("svg.balance").count(), 1);
  refuse = false;
  await panel.getByRole("button", { name: "Try again" }).click();
  await panel.locator("svg.flows").waitFor();
});

test("on a phone no table hides rows in a box of its own", async () => {
  for (const [path, name] of [["/", "السجل"], ["/settings", "الملفات المرفوعة"]]) {
    const page = await visit(service, path, { language: "ar", width: 360, token: service.token });
    const [height, whole, width, broad] = await page.getByRole("region", { name, exact: true }).locator(".scroll").evaluate((one) => [one.clientHeight, one.scrollHeight, one.clientWidth, one.scrollWidth]);
    assert.ok(whole <= height + 1 && broad <= width + 1, `${path}: ${whole} in ${height}, ${broad} in ${width}`);
  }
});

test("on paper the page is dark on white, also for those who read by night", async () => {
  const page = await visit(service, "/settings?lang=en", { colorScheme: "dark", token: service.token });
  await page.getByRole("radio", { name: "Dark" }).check({ force: true });
  await page.goto(`${service.at}/`);
  await settled(page);
  const ink = () => page.evaluate(() => getComputedStyle(document.querySelector("h1")).color.match(/\d+/g).slice(0, 3).map(Number));
  assert.ok((await ink()).every((part) => part > 150));
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.ok((await ink()).every((part) => part < 100));
});

test("lists that no workbook holds well come as CSV", async () => {
  const page = await visit(service, "/?lang=en", { serviceWorkers });
  await page.getByRole("button", { name: "Movements (Excel)" }).waitFor();
  await page.route("**/v1/stats/summary*", async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    body.data[0].movements = 1_000_000;
    await route.fulfill({ response: answer, json: body });
  });
  await page.reload();
  await settled(page);
  assert.equal(await page.getByRole("button", { name: "Returns (Excel)" }).count(), 1);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Movements (CSV)" }).click()]);
  assert.match(file.suggestedFilename(), /movements.*\.csv$/);
});

test("with a token a file is fetched by the page, which says so and asks once", async () => {
  const page = await visit(service, "/?lang=en", { serviceWorkers, token: service.token });
  let [open, asked] = [undefined, 0];
  const held = new Promise((resolve) => (open = resolve));
  await page.route("**/v1/exports/dataset.zip", async (route) => {
    asked += 1;
    await held;
    await route.continue();
  });
  await page.getByRole("button", { name: "Whole data set" }).click();
  const button = page.getByRole("button", { name: "Preparing" });
  await button.waitFor();
  await button.click({ force: true });
  const [file] = await Promise.all([page.waitForEvent("download"), open()]);
  assert.match(file.suggestedFilename(), /\.zip$/);
  await page.getByRole("button", { name: "Whole data set" }).waitFor();
  assert.equal(asked, 1);
});

test("a place in a table is the way to its view, for those without a mouse, too", async () => {
  const page = await visit(service, "/?lang=en");
  const panel = page.getByRole("region", { name: "Who is still there", exact: true });
  await panel.getByText("The same numbers as a table").click();
  await panel.getByRole("link", { name: "Jarablus" }).focus();
  await page.keyboard.press("Enter");
  await settled(page);
  assert.match(page.url(), /destination=SY0208/);
  assert.equal(await page.getByRole("combobox", { name: "Destination" }).inputValue(), "Jarablus");
});
