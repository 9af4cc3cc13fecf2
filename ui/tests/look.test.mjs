import assert from "node:assert/strict";
import { test } from "node:test";
import { api, demo, look_up, settled, text, visit } from "./support.mjs";

const service = demo();

test("the numbers stand there in words, in both languages", async () => {
  const english = await visit(service, "/");
  const headline = await text(english.locator(".headline"));
  for (const said of ["18,029", "between 16,988 and 19,725", "609", "17,420", "between 16,260 and 19,229", "Nobody counted 4 of 15 movements"]) {
    assert.ok(headline.includes(said), `${said} in ${headline}`);
  }
  const arabic = await visit(service, "/", { language: "ar" });
  assert.equal(await arabic.evaluate(() => document.documentElement.dir), "rtl");
  const said = await text(arabic.locator(".headline"));
  for (const one of ["النازحون", "18,029", "بين 16,988 و19,725", "العائدون", "لم يعودوا بعد", "17,420"]) assert.ok(said.includes(one), `${one} in ${said}`);
  assert.deepEqual([...english.wrong, ...arabic.wrong], []);
});

test("the address chooses the language before the browser does, and a choice stays", async () => {
  const page = await visit(service, "/?lang=ar");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "ar");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Who left, who came back, who is still away" }).waitFor();
  assert.match(page.url(), /lang=en/);
  await page.goto(`${service.at}/docs`);
  await settled(page);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  await page.getByRole("button", { name: "العربية" }).click();
  await page.getByRole("heading", { name: "توثيق الواجهة البرمجية" }).waitFor();
  await page.goto(`${service.at}/`);
  await settled(page);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "ar");
});

test("a view is a link: the filters are in the address, and an address is a view", async () => {
  const page = await visit(service, "/?destination=SY07&lang=en");
  const { body } = await api(service, "/v1/stats/summary?destination=SY07");
  const expected = body.data[0].displaced_individuals.toLocaleString("en-GB");
  assert.equal(expected, "5,858");
  assert.ok((await text(page.locator(".headline"))).includes(expected));
  assert.equal(await page.getByRole("combobox", { name: "Destination" }).inputValue(), "Idleb");

  await page.getByRole("button", { name: "Remove filters" }).click();
  await settled(page);
  assert.ok((await text(page.locator(".headline"))).includes("18,029"));
  // Any spelling, any language, by keyboard.
  await look_up(page, "Destination", "جرابلس");
  await settled(page);
  assert.match(page.url(), /destination=SY0208/);
  const jarablus = (await api(service, "/v1/stats/summary?destination=SY0208")).body.data[0].displaced_individuals;
  assert.ok((await text(page.locator(".headline"))).includes(jarablus.toLocaleString("en-GB")));
  await page.goBack();
  await settled(page);
  assert.ok((await text(page.locator(".headline"))).includes("18,029"));
});

test("between two dates the page shows what happened there, and who was away at the end", async () => {
  const page = await visit(service, "/?from=2017-04-01&to=2017-04-30&lang=en");
  const flows = (await api(service, "/v1/stats/flows?from=2017-04-01&to=2017-04-30")).body.data[0];
  const stocks = (await api(service, "/v1/stats/summary?as_of=2017-04-30")).body.data[0];
  const headline = await text(page.locator(".headline"));
  for (const count of [flows.displaced_individuals, stocks.remaining_individuals]) assert.ok(headline.includes(count.toLocaleString("en-GB")), `${count} in ${headline}`);
});

test("every chart has its numbers in a table, and nobody's number is no 0", async () => {
  const page = await visit(service, "/?lang=en");
  const panel = page.getByRole("region", { name: "Who is still there", exact: true }).first();
  await panel.getByText("The same numbers as a table").click();
  const rows = (await api(service, "/v1/stats/stocks?by=destination")).body.data;
  const lines = (await panel.locator("tbody tr").allInnerTexts()).map((line) => line.split("\t"));
  assert.equal(lines.length, rows.length);
  for (const row of rows) {
    // Idleb is a governorate and a city: two places of one name have their codes beside it.
    const [, away, range] = lines.find(([name]) => name === row.destination_name || name === `${row.destination_name} (${row.destination})`);
    assert.equal(away, row.remaining_individuals?.toLocaleString("en-GB") ?? "unknown");
    if (row.remaining_individuals === null) assert.equal(range, "nobody knows how many");
  }
  await page.getByRole("radio", { name: "Households" }).check({ force: true });
  await settled(page);
  assert.match(page.url(), /unit=households/);
  assert.ok((await text(page.locator(".headline"))).includes("3,146"));
});

test("what is shown can be taken away: Excel first, CSV, picture", async () => {
  const page = await visit(service, "/?destination=SY07&lang=en");
  const panel = page.getByRole("region", { name: "Departures and returns over time", exact: true }).first();
  for (const [button, name] of [["Excel", /^stats_flows.*\.xlsx$|^flows.*\.xlsx$/], ["CSV", /flows.*\.csv$/], ["Picture", /^homeward-timeline\.png$/]]) {
    const [file] = await Promise.all([page.waitForEvent("download"), panel.getByRole("button", { name: button }).click()]);
    assert.match(file.suggestedFilename(), name);
  }
  assert.deepEqual(page.wrong, []);
});

test("one movement shows who says what, which is recommended, and why the others differ", async () => {
  const page = await visit(service, "/?lang=en");
  await page.getByRole("row").filter({ hasText: /Batch .?5/ }).getByRole("link").click();
  await settled(page);
  await page.goto(`${service.at}/?movement=al-waer-01.SY0208`);
  await settled(page);
  const { body } = await api(service, "/v1/movements/al-waer-01.SY0208");
  assert.equal(await page.getByRole("article").count(), body.figures.length);
  assert.ok((await text(page.getByRole("article", { name: "Syrian Voice" }))).includes("Recommended"));
  const orient = await text(page.getByRole("article", { name: "Orient News" }));
  for (const said of ["about 2,000", "646 more than the recommended figure (47.7%)", "The source rounds"]) assert.ok(orient.includes(said), `${said} in ${orient}`);
  assert.ok((await text(page.getByRole("article", { name: "Jarablus local council" }))).includes("Counted at another stage"));
  // A return as well.
  await page.goto(`${service.at}/?return=al-waer-return-05`);
  await settled(page);
  assert.equal(await page.getByRole("article").count(), 5);
  assert.deepEqual(page.wrong, []);
});

test("a filter that names nothing says so, and offers a way out", async () => {
  const page = await visit(service, "/?destination=nowhere&lang=en");
  await page.getByRole("alert").waitFor();
  await page.getByRole("main").getByRole("link", { name: "Remove filters" }).click();
  await settled(page);
  assert.ok((await text(page.locator(".headline"))).includes("18,029"));
});
