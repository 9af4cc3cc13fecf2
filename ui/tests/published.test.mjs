import assert from "node:assert/strict";
import { test } from "node:test";
import { api, demo, settled, text, visit } from "./support.mjs";

const service = demo();
const panel = (page, name) => page.getByRole("region", { name, exact: true });

test("what sources published for the whole agreement stands beside the sum, with its source and the way there", async () => {
  // As everybody may read them.
  const answer = await fetch(`${service.at}/v1/figures?agreement=al-waer-2017&limit=1000`);
  const totals = (await answer.json()).data.filter(({ agreement }) => agreement);
  assert.equal(totals.length, 5);
  const [row] = (await api(service, "/v1/stats/summary?agreement=al-waer-2017")).body.data;
  // The only agreement on record needs no filter; with one, and with others beside it, the totals are the same.
  for (const path of ["/?lang=en", "/?lang=en&agreement=al-waer-2017", "/?lang=en&agreement=al-waer-2017&destination=SY07"]) {
    const page = await visit(service, path);
    const shown = panel(page, "What sources published for the whole agreement");
    const lines = shown.locator("tbody tr");
    assert.equal(await lines.count(), totals.length);
    for (const total of totals) {
      const line = lines.filter({ hasText: total.source_name });
      assert.equal(await line.getByRole("link").getAttribute("href"), total.url);
      const apart = Math.abs(total.individuals - row.displaced_individuals).toLocaleString("en-GB");
      const way = total.individuals > row.displaced_individuals ? "more" : "fewer";
      const said = await text(line);
      for (const one of [total.individuals.toLocaleString("en-GB"), `${apart} ${way} than the sum of this record`]) assert.ok(said.includes(one), `${one} in ${said}`);
    }
    assert.ok((await shown.getByRole("img").textContent()).replace(/[\u2066-\u2069]/g, "").includes(`Sum of this record · ${row.displaced_individuals.toLocaleString("en-GB")}`));
    assert.ok((await text(page.locator(".headline"))).includes("5 totals were published for the whole agreement, from more than 15,000 to about 26,000."));
    assert.deepEqual(page.wrong, []);
    await page.context().close();
  }
});

test("published totals are told in Arabic, and in the unit that is asked for", async () => {
  const page = await visit(service, "/?agreement=al-waer-2017", { language: "ar", width: 390 });
  const shown = panel(page, "ما نشرته المصادر عن الاتفاق كله");
  const said = await text(shown);
  for (const one of ["اتفاق الوعر", "المرصد السوري لحقوق الإنسان", "أكثر من 20,000", "نحو 26,000", "أكثر من مجموع هذا السجل بـ7,971 (44.2%)"]) assert.ok(said.includes(one), `${one} in ${said}`);
  assert.ok(!/[a-z]{4,}/.test(said.replace(/[\w.]+\.(com|org|net|sy)/g, "").replace("Excel", "")), said);
  // Nobody published a total of households, and no number of people is taken for one.
  await page.goto(`${service.at}/?agreement=al-waer-2017&unit=households&lang=en`);
  await settled(page);
  const households = await text(panel(page, "What sources published for the whole agreement"));
  assert.ok(households.includes("No source published a total of households."), households);
  assert.ok(!households.includes("20,000"));
});

test("a record of several agreements lists them, and each name opens its view", async () => {
  await api(service, "/v1/agreements", { method: "POST", json: { code: "second", name: "Second agreement", name_ar: "الاتفاق الثاني" } });
  const batch = { code: "second-01", origin: "al-waer", agreement: "second", departed_on: "2017-06-20", movements: [{ destination: "SY0208", figures: [{ stage: "departed", source: "sana", individuals: 321 }] }] };
  assert.equal((await api(service, "/v1/batches", { method: "POST", json: batch })).status, 201);
  const page = await visit(service, "/?lang=en");
  assert.equal(await panel(page, "What sources published for the whole agreement").count(), 0);
  const list = panel(page, "By agreement");
  assert.equal(await list.locator("tbody tr").count(), (await api(service, "/v1/stats/stocks?by=agreement")).body.data.length);
  await list.getByRole("link", { name: "Second agreement" }).click();
  await settled(page);
  assert.match(page.url(), /agreement=second/);
  assert.ok((await text(page.locator(".headline"))).includes("321"));
  // Nobody published a total for this one.
  assert.equal(await panel(page, "What sources published for the whole agreement").count(), 0);
  assert.equal(await list.count(), 0);
  const plan = { agreement: "second", stage: "planned", source: "sana", individuals: 500 };
  assert.equal((await api(service, "/v1/figures", { method: "POST", json: plan })).status, 201);
  // A plan is shown, to those who may see plans, and not measured against what happened.
  const editor = await visit(service, "/?lang=en&agreement=second", { token: service.token });
  const said = await text(panel(editor, "What sources published for the whole agreement"));
  assert.ok(said.includes("Speaks of an intention") && !said.includes("than the sum"), said);
});
