import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { strFromU8, unzipSync } from "fflate";
import { api, demo, settled, text, visit } from "./support.mjs";

const service = demo();

const BAD = [
  "الدفعة,المنشأ,تاريخ المغادرة,الوجهة,المرحلة,المصدر,الأفراد,هاتف",
  "bad-1,الوعر,٢٠١٧-٠٦-١٠,جرابلس,departed,sanaa,١٬٢٥٠,",
  "bad-2,Al-Waer,2017-13-01,Jarablus,departed,sanaa,20,",
  "bad-3,Al-Waer,2017-06-12,Jarablus,departed,sana,abc,0944",
].join("\n");

test("a bad sheet is mended at its cells, written, found, and taken back", async () => {
  const page = await visit(service, "/upload?lang=en", { token: service.token });
  await page.getByLabel("Choose a file").setInputFiles({ name: "bad.csv", mimeType: "text/csv", buffer: Buffer.from(BAD) });
  // Telephone numbers have no place here: the column is refused, and left out by a click.
  await page.getByText("5 things are wrong in 3 rows").waitFor();
  await page.getByRole("button", { name: "Leave this column out" }).click();
  await page.getByText("4 things are wrong in 3 rows").waitFor();
  const source = page.getByRole("textbox", { name: /المصدر.*row 2/ });
  assert.equal(await source.inputValue(), "sanaa");
  assert.equal((await api(service, "/v1/batches?q=bad")).body.data.length, 0);

  // The sheet with colours, for whoever mends it in Excel.
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "The sheet with colours" }).click()]);
  const parts = unzipSync(readFileSync(await file.path()));
  const sheet = strFromU8(parts["xl/worksheets/sheet1.xml"]);
  for (const cell of ["F2", "C3", "F3", "G4"]) assert.match(sheet, new RegExp(`r="${cell}" s="2"`));
  assert.match(sheet, /r="B2" s="0"/);
  assert.match(strFromU8(parts["xl/worksheets/sheet2.xml"]), /sanaa/);

  // One click mends both cells that say the same.
  // What was meant is told by its name, since few know codes.
  await page.getByRole("button", { name: "Use SANA (sana) in 2 cells" }).first().click();
  await page.getByText("2 things are wrong in 3 rows").waitFor();
  const date = page.getByRole("textbox", { name: /تاريخ المغادرة.*row 3/ });
  await date.fill("2017-06-11");
  await date.press("Tab");
  await page.getByText("One thing is wrong in 3 rows").waitFor();
  const count = page.getByRole("textbox", { name: /الأفراد.*row 4/ });
  await count.fill("٣٠");
  await count.press("Tab");
  await page.getByText("All 3 rows can be written").waitFor();
  assert.equal((await api(service, "/v1/batches?q=bad")).body.data.length, 0);

  await page.getByRole("button", { name: "Write it" }).click();
  await page.getByRole("heading", { name: "Written" }).waitFor();
  const written = (await api(service, "/v1/batches?q=bad&sort=code")).body.data;
  assert.deepEqual(written.map(({ individuals }) => individuals), [1250, 20, 30]);

  page.on("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Taken back").waitFor();
  assert.equal((await api(service, "/v1/batches?q=bad")).body.data.length, 0);
  assert.deepEqual(page.wrong.filter((one) => !one.includes("422")), []);
});

test("a workbook that went out comes in unchanged, and its cells are read as they are", async () => {
  const page = await visit(service, "/upload?lang=ar", { token: service.token });
  const answer = await fetch(`${service.at}/v1/exports/movements.xlsx`, { headers: { Authorization: `Bearer ${service.token}` } });
  const book = Buffer.from(await answer.arrayBuffer());
  const name = "movements.xlsx";
  await page.getByLabel("اختيار ملف").setInputFiles({ name, mimeType: "application/octet-stream", buffer: book });
  await page.getByText("يمكن كتابة الأسطر كلها").waitFor();
  const counts = await text(page.locator("table.counts"));
  assert.match(counts, /الدفعات\s+0\s+0\s+12/);
  // The coloured sheet is made of what the page read: dates are days, numbers are numbers.
  await page.getByRole("button", { name: /ملوّناً/ }).waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /ملوّناً/ }).click()]);
  const sheet = strFromU8(unzipSync(readFileSync(await file.path()))["xl/worksheets/sheet1.xml"]);
  assert.match(sheet, /rightToLeft="1"/);
  assert.match(sheet, />2017-03-18</);
  assert.match(sheet, /<v>1354<\/v>/);
});

test("cells are pasted, and places that are not there are created if one asks for it", async () => {
  const page = await visit(service, "/upload?lang=en", { token: service.token });
  const rows = "batch\torigin\tdeparted_on\tdestination\tstage\tsource\tindividuals\npaste-1\tal-waer\t2017-06-20\tBrand New Town\tdeparted\tsana\t7";
  await page.getByLabel("or paste cells from Excel here").evaluate((field, pasted) => {
    const data = new DataTransfer();
    data.setData("text/plain", pasted);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, rows);
  await page.getByText("One thing is wrong").waitFor();
  await page.getByLabel("create the place").check();
  await page.getByRole("button", { name: "Write it" }).click();
  await page.getByRole("heading", { name: "Written" }).waitFor();
  assert.equal((await api(service, "/v1/locations?q=Brand%20New")).body.data.length, 1);
});

test("an upload can be taken back later, from the settings", async () => {
  const page = await visit(service, "/settings?lang=en", { token: service.token });
  page.on("dialog", (dialog) => dialog.accept());
  const before = await page.getByRole("button", { name: "Undo" }).count();
  await page.getByRole("button", { name: "Undo" }).first().click();
  await page.waitForFunction((many) => document.querySelectorAll("section.wide tbody tr").length === many - 1, before);
  assert.equal((await api(service, "/v1/locations?q=Brand%20New")).body.data.length, 0);
  await settled(page);
});

test("an upload whose answer was lost is written once", async () => {
  const page = await visit(service, "/upload?lang=en", { token: service.token });
  const imports = async () => (await api(service, "/v1/imports")).body.data.length;
  const before = await imports();
  let commits = 0;
  await page.route("**/v1/imports/sources?commit=true", async (route) => {
    commits++;
    if (commits > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await page.getByRole("radio", { name: "Sources" }).check({ force: true });
  await page.getByLabel("Choose a file").setInputFiles({ name: "s.csv", mimeType: "text/csv", buffer: Buffer.from("code,name,kind\nlost-1,Lost answer,ngo\n") });
  await page.getByRole("button", { name: "Write it" }).click();
  await page.getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "Write it" }).click();
  await page.getByRole("heading", { name: "Written" }).waitFor();
  assert.deepEqual([commits, await imports()], [2, before + 1]);
});

test("what may be meant is told in the reader's language, by name, each date in its own order", async () => {
  const page = await visit(service, "/upload", { language: "ar", width: 390, token: service.token });
  const sheet = "batch,origin,departed_on,destination,stage,source,individuals\nx-1,al-waer,03/04/2017,jarablos,departed,sana,5";
  await page.locator("#upload-file").setInputFiles({ name: "sheet.csv", mimeType: "text/csv", buffer: Buffer.from(sheet) });
  await page.getByRole("button", { name: /استخدم .?جرابلس \(SY0208\)/ }).waitFor();
  const candidates = await page.locator(".cell .small", { hasText: "المقترح" }).textContent();
  assert.ok(candidates.includes("\u20662017-04-03\u2069 أو \u20662017-03-04\u2069"), JSON.stringify(candidates));
  // All problems stand in the page, not in a box that scrolls by itself.
  const [height, whole] = await page.locator(".preview").locator("..").evaluate((one) => [one.clientHeight, one.scrollHeight]);
  assert.ok(whole <= height + 1, `${whole} in ${height}`);
});
