import assert from "node:assert/strict";
import { test } from "node:test";
import { api, demo, look_up, settled, text, visit } from "./support.mjs";

const service = demo();
const batches = async (filter) => (await api(service, `/v1/batches?${filter}`)).body.data;

/** Fills the form of a batch in, in Arabic. */
async function fill(page, { date, people, number }) {
  await look_up(page, /^المنشأ/, "الوعر");
  await page.getByLabel("تاريخ المغادرة").fill(date);
  if (number) await page.getByLabel("رقم الدفعة").fill(number);
  await look_up(page, /^الوجهة/, "جرابلس");
  await look_up(page, "المصدر", "سانا");
  await page.getByRole("textbox", { name: "الأفراد", exact: true }).fill(people);
}

test("a batch is entered in Arabic with Arabic digits, by keyboard, and the API has it", async () => {
  const page = await visit(service, "/enter", { language: "ar", token: service.token });
  await fill(page, { date: "٢٠١٧-٠٦-٠٣", people: "١٬٢٥٠", number: "٢١" });
  await page.getByRole("textbox", { name: "الأفراد", exact: true }).press("Enter");
  await page.locator(".notice-done").waitFor();
  const [batch] = await batches("from=2017-06-03&to=2017-06-03");
  assert.deepEqual([batch.number, batch.origin, batch.individuals], [21, "al-waer", 1250]);
  // What usually stays, stays, for the next one.
  assert.equal(await page.getByRole("combobox", { name: /^المنشأ/ }).inputValue(), "الوعر");
  assert.equal(await page.getByRole("textbox", { name: "الأفراد", exact: true }).inputValue(), "");
  assert.deepEqual(page.wrong, []);
});

test("a date is as exact as it was typed, and never guessed", async () => {
  const page = await visit(service, "/enter?lang=en", { token: service.token });
  const date = page.getByLabel("Left on");
  for (const [typed, understood] of [["2017", "2017"], ["2017-06", "June 2017"], ["2017-W23", "week of 5 June 2017"], ["18/3/2017", "18 March 2017"]]) {
    await date.fill(typed);
    const hint = page.locator(`#${(await date.getAttribute("aria-describedby")).split(" ")[0]}`);
    assert.equal((await text(hint)).trim(), understood);
  }
  await date.fill("03/04/2017");
  await page.getByRole("button", { name: "Save" }).click();
  assert.ok((await text(page.locator(".field.wrong").filter({ has: date }))).includes("Day and month may be exchanged"));
});

test("warnings stand beside their fields while one types, and are in nobody's way", async () => {
  const page = await visit(service, "/enter?lang=en", { token: service.token });
  await page.getByRole("textbox", { name: "Individuals", exact: true }).fill("100");
  await page.getByRole("textbox", { name: "Households", exact: true }).fill("90");
  const form = page.locator("form.entry");
  await form.getByText("1.1 individuals per household is unusual.").waitFor();
  await form.getByText("Nobody is named who says so.").waitFor();
  await form.getByText("Women, men, children").click();
  await page.getByLabel("Women").fill("60");
  await page.getByLabel("Children").fill("50");
  await form.getByText("The parts add up to 110, more than 100.").waitFor();
  await look_up(page, /^Origin/, "al waer");
  await page.getByLabel("Left on").fill("2017-06-05");
  await look_up(page, /^Destination/, "Idleb");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".notice-done").waitFor();
  assert.equal((await batches("from=2017-06-05&to=2017-06-05"))[0].individuals, 100);
});

test("errors stand at their fields in the reader's language, and lead there", async () => {
  const page = await visit(service, "/enter?lang=ar", { token: service.token });
  await fill(page, { date: "2017-06-07", people: "10" });
  // The service finds this one: people cannot move from a place to itself.
  await look_up(page, /^الوجهة/, "الوعر");
  await page.getByRole("button", { name: "حفظ" }).click();
  const field = page.locator(".field.wrong").filter({ has: page.getByRole("combobox", { name: /^الوجهة/ }) });
  await field.waitFor();
  assert.ok((await text(field)).includes("لا يمكن أن ينتقل الناس من مكان إلى المكان نفسه"));
  assert.ok((await text(page.locator(".queue"))).includes("رُفض"));
  await look_up(page, /^الوجهة/, "جرابلس");
  await page.getByRole("button", { name: "حفظ" }).click();
  await page.locator(".notice-done").waitFor();
  assert.equal((await batches("from=2017-06-07&to=2017-06-07")).length, 1);
  assert.ok(!(await text(page.locator(".queue"))).includes("رُفض"));
});

test("without a line the page opens, a batch waits in the queue, and is one row when the line is back", async () => {
  const page = await visit(service, "/enter", { language: "ar", token: service.token });
  await page.evaluate(() => navigator.serviceWorker.ready);
  // What was seen before can be looked up without a line.
  await page.waitForFunction(() => (localStorage.getItem("homeward.gazetteer") ?? "").includes("jarablus-council"));
  await page.waitForFunction(async () => (await caches.keys()).length > 0 && (await caches.match("/enter", { ignoreVary: true })) !== undefined);
  await page.context().setOffline(true);
  await page.reload();
  await page.getByRole("heading", { name: "إدخال" }).waitFor();
  await fill(page, { date: "2017-06-09", people: "٣٣" });
  await page.getByRole("button", { name: "حفظ" }).click();
  await page.locator(".notice-warning").filter({ hasText: "محفوظ هنا" }).waitFor();
  assert.ok((await text(page.locator(".queue"))).includes("بانتظار الإرسال: 1"));
  assert.equal((await batches("from=2017-06-09&to=2017-06-09")).length, 0);
  // Closed and opened again, it is still there.
  await page.reload();
  await page.locator(".queue").getByText("محفوظ هنا").waitFor();
  await page.context().setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.locator(".queue").getByText("أُرسل", { exact: true }).waitFor();
  const rows = await batches("from=2017-06-09&to=2017-06-09");
  assert.deepEqual(rows.map(({ individuals }) => individuals), [33]);
});

test("an answer that is lost on the way is asked for again, and makes no second row", async () => {
  const page = await visit(service, "/enter", { language: "ar", token: service.token });
  const keys = [];
  await page.route("**/v1/batches", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await fill(page, { date: "2017-06-11", people: "44" });
  await page.getByRole("button", { name: "حفظ" }).click();
  await page.locator(".notice-warning").filter({ hasText: "محفوظ هنا" }).waitFor();
  await page.getByRole("button", { name: "إرسال الآن" }).click();
  await page.locator(".queue").getByText("أُرسل", { exact: true }).waitFor();
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.equal((await batches("from=2017-06-11&to=2017-06-11")).length, 1);
});

test("a draft is where it was left", async () => {
  const page = await visit(service, "/enter?lang=en", { token: service.token });
  await page.getByLabel("Number of the batch").fill("77");
  await look_up(page, /^Origin/, "waer");
  await page.reload();
  await settled(page);
  assert.equal(await page.getByLabel("Number of the batch").inputValue(), "77");
  await page.waitForFunction(() => document.querySelector("#f-origin").value === "Al-Waer");
});

test("what is not there yet is created on the way", async () => {
  const page = await visit(service, "/enter?lang=en", { token: service.token });
  await look_up(page, /^Origin/, "al waer");
  await page.getByLabel("Left on").fill("2017-06-13");
  const destination = page.getByRole("combobox", { name: /^Destination/ });
  await destination.fill("Kafr Example");
  await page.getByRole("option", { name: /Create/ }).click();
  const dialog = page.getByRole("dialog");
  assert.equal(await dialog.getByLabel("Name (required)").inputValue(), "Kafr Example");
  await dialog.getByLabel("Kind of place").selectOption("locality");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.getByRole("textbox", { name: "Individuals", exact: true }).fill("5");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".notice-done").waitFor();
  const places = (await api(service, "/v1/locations?q=Kafr%20Example")).body.data;
  assert.equal(places.length, 1);
  const [movement] = (await api(service, `/v1/movements?destination=${places[0].code}`)).body.data;
  assert.equal(movement.individuals, 5);
});

test("a return goes in, and so do a source and an agreement", async () => {
  const page = await visit(service, "/enter?kind=returns&lang=en", { token: service.token });
  await look_up(page, /^From/, "Zoghra");
  await look_up(page, /^Back to/, "al waer");
  await page.getByLabel("Came back on").fill("2017-08-01");
  await page.getByRole("textbox", { name: "Households", exact: true }).fill("12");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".notice-done").waitFor();
  const rows = (await api(service, "/v1/returns?from=2017-08-01&to=2017-08-01")).body.data;
  assert.deepEqual(rows.map(({ from, to, households, individuals }) => [from, to, households, individuals]), [["zoghra-camp", "al-waer", 12, null]]);
  for (const [kind, fill] of [["sources", async () => page.getByLabel("Kind of source").selectOption("ngo")], ["agreements", async () => page.getByLabel("Signed on").fill("2018-01-02")]]) {
    await page.goto(`${service.at}/enter?kind=${kind}`);
    await settled(page);
    await page.getByLabel("Name (required)").fill(`Example of ${kind}`);
    await fill();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".notice-done").waitFor();
    assert.equal((await api(service, `/v1/${kind}?q=Example%20of`)).body.data.length, 1);
  }
});

test("two people change one row: who comes second sees it, and chooses", async () => {
  await api(service, "/v1/batches/al-waer-02", { method: "PATCH", json: { notes: "first" } });
  const page = await visit(service, "/enter?batch=al-waer-02&lang=en", { token: service.token });
  await page.getByLabel("Number of the batch").fill("22");
  await page.locator("#f-notes").fill("mine");
  // What is said more of a figure is closed, and says how much that is.
  await page.getByRole("textbox", { name: "Individuals", exact: true }).first().fill("1851");
  assert.match(await text(page.locator("summary", { hasText: "Women, men, children" }).first()), /\(\d+ filled in\)/);
  await api(service, "/v1/batches/al-waer-02", { method: "PATCH", json: { notes: "theirs", visibility: "restricted" } });
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.locator(".queue").getByText("Changed meanwhile").waitFor();
  // Where one is told of it one can choose, on a phone as well.
  await page.setViewportSize({ width: 320, height: 700 });
  await page.locator(".notice-warning").getByRole("button", { name: "Choose" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("theirs").waitFor();
  const [inside, whole] = await dialog.evaluate((one) => [one.clientWidth, one.scrollWidth]);
  assert.ok(whole <= inside, `${whole} in ${inside}`);
  // Names, not codes, and numbers as they are written elsewhere.
  assert.match(await text(dialog.getByRole("row").filter({ hasText: "1,851" })), /Zoghra camp: .*1,851/);
  await dialog.getByRole("radio", { name: "theirs" }).check();
  await dialog.getByRole("button", { name: "Save this choice" }).click();
  await page.locator(".queue").getByText("Sent", { exact: true }).waitFor();
  const { body } = await api(service, "/v1/batches/al-waer-02");
  assert.deepEqual([body.number, body.notes, body.visibility], [22, "theirs", "restricted"]);
  // Nothing else was touched.
  assert.equal(body.movements[0].figures.length, 4);
  // And the history tells.
  await page.reload();
  await settled(page);
  await page.getByText("History: who changed what").click();
  await page.locator(".history li").first().waitFor();
  assert.ok((await text(page.locator(".history li").first())).includes("22"));
});

test("nothing is sent without a token, and everything once there is one", async () => {
  const page = await visit(service, "/enter", { language: "ar" });
  await fill(page, { date: "2017-06-15", people: "55" });
  await page.getByRole("button", { name: "حفظ" }).click();
  await page.locator(".notice-warning").filter({ hasText: "بعد تسجيل الدخول" }).first().waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "الإعدادات" }).click();
  await page.getByLabel("رمز الدخول").fill("hw_wrong");
  await page.getByRole("button", { name: "تسجيل الدخول" }).click();
  await page.getByText("لا تعرف الخدمة هذا الرمز").waitFor();
  await page.getByLabel("رمز الدخول").fill(service.token);
  await page.getByRole("button", { name: "تسجيل الدخول" }).click();
  await page.getByText("محرر: يقرأ ويكتب").waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "إدخال" }).click();
  await page.locator(".queue").getByText("أُرسل", { exact: true }).waitFor();
  assert.equal((await batches("from=2017-06-15&to=2017-06-15")).length, 1);
  // It was not asked for, so the browser keeps no token.
  assert.equal(await page.evaluate(() => localStorage.getItem("homeward.session")), null);
});

test("a name that is typed faster than the list comes is chosen where it is one, and never lost", async () => {
  const page = await visit(service, "/enter?lang=en", { token: service.token });
  await page.route("**/v1/locations?*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
  const origin = page.getByRole("combobox", { name: /^Origin/ });
  await origin.focus();
  await page.keyboard.type("al waer");
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => document.querySelector("#f-origin").value === "Al-Waer");
  await page.keyboard.type("2017-06-17");
  // One step from a chosen field to the next one.
  const destination = page.getByRole("combobox", { name: /^Destination/ });
  await look_up(page, /^Destination/, "jarablus");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), await page.getByLabel("Arrived on").getAttribute("id"));
  assert.equal(await destination.inputValue(), "Jarablus");
  // What fits nothing stays where it was typed, and the form is not sent without it.
  const source = page.getByRole("combobox", { name: "Source" });
  await source.focus();
  await page.keyboard.type("Nobody we know");
  await page.keyboard.press("Tab");
  const field = page.locator(".field.wrong").filter({ has: source });
  await field.getByText("“Nobody we know” is not chosen yet").waitFor();
  assert.equal(await source.inputValue(), "Nobody we know");
  await page.getByRole("textbox", { name: "Individuals", exact: true }).fill("7");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "combobox");
  assert.equal((await batches("from=2017-06-17&to=2017-06-17")).length, 0);
  await look_up(page, "Source", "SANA");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".notice-done").waitFor();
  const [batch] = await batches("from=2017-06-17&to=2017-06-17");
  const { body } = await api(service, `/v1/batches/${batch.code}`);
  assert.deepEqual(body.movements[0].figures.map(({ source: code, individuals }) => [code, individuals]), [["sana", 7]]);
  assert.deepEqual(page.wrong, []);
});

test("two batches are entered in Arabic without touching a mouse", async () => {
  const page = await visit(service, "/enter", { language: "ar", token: service.token });
  const type = async (words) => {
    await page.keyboard.type(words);
    if (await page.evaluate(() => document.activeElement.getAttribute("role") === "combobox")) await page.locator('[role="listbox"]:visible [role="option"][aria-selected="true"]').waitFor();
  };
  const until = async (label) => {
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.labels?.[0]?.innerText ?? "");
      if (name.startsWith(label) && !name.includes(":")) return;
    }
    assert.fail(`no way to ${label}`);
  };
  await page.getByRole("radio", { name: "دفعة" }).focus();
  await until("المنشأ");
  for (const [date, people] of [["٢٠١٧-٠٦-٢١", "١١"], ["٢٠١٧-٠٦-٢٢", "٢٢"]]) {
    // After the first the form begins again at its beginning, with what stays.
    assert.equal(await page.evaluate(() => document.activeElement.id), "f-origin");
    if (people === "١١") await type("الوعر");
    await until("تاريخ المغادرة");
    await page.keyboard.press("Control+A");
    await type(date);
    await until("الوجهة");
    await type("جرابلس");
    await until("الأفراد");
    await type(people);
    await page.keyboard.press("Enter");
    await page.locator(".notice-done").waitFor();
    await page.waitForFunction(() => document.activeElement.id === "f-origin");
  }
  const rows = await batches("from=2017-06-21&to=2017-06-22&sort=date");
  assert.deepEqual(rows.map(({ departed_on, origin, individuals }) => [departed_on, origin, individuals]), [["2017-06-21", "al-waer", 11], ["2017-06-22", "al-waer", 22]]);
});

test("a form is not emptied by a slip, and saving what is unchanged says so", async () => {
  const page = await visit(service, "/enter?lang=en", { token: service.token });
  let answer = false;
  page.on("dialog", (dialog) => (answer ? dialog.accept() : dialog.dismiss()));
  const number = page.getByLabel("Number of the batch");
  await number.fill("91");
  await page.getByRole("button", { name: "Empty the form" }).click();
  assert.equal(await number.inputValue(), "91");
  answer = true;
  await page.getByRole("button", { name: "Empty the form" }).click();
  assert.equal(await number.inputValue(), "");
  await page.goto(`${service.at}/enter?batch=al-waer-03`);
  await settled(page);
  const { body: before } = await api(service, "/v1/batches/al-waer-03");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Nothing was changed").waitFor();
  assert.equal((await api(service, "/v1/batches/al-waer-03")).body.revision, before.revision);
});
