// texts.mjs: both languages have the same texts, with the same variables, and every text that the sources ask for is there.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FluentResource } from "@fluent/bundle";

const ui = dirname(dirname(fileURLToPath(import.meta.url)));
const wrong = [];

function read(name) {
  const text = readFileSync(join(ui, "texts", name), "utf8");
  const resource = new FluentResource(text);
  const messages = new Map(resource.body.filter(({ id }) => id).map(({ id, value }) => [id, value]));
  // What the parser could not read it leaves out without a word.
  for (const [, id] of text.matchAll(/^([a-z][\w-]*) =/gm)) if (!messages.has(id)) wrong.push(`${name}: ${id} cannot be read`);
  const ids = [...text.matchAll(/^([a-z][\w-]*) =/gm)].map(([, id]) => id);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) wrong.push(`${name}: ${id} stands twice`);
  return messages;
}

const variables = (value) => new Set([...JSON.stringify(value ?? "").matchAll(/"type":"var","name":"(\w+)"/g)].map(([, name]) => name));

const all = new Set();
for (const name of ["", ".work"]) {
  const [en, ar] = [read(`en${name}.ftl`), read(`ar${name}.ftl`)];
  for (const id of new Set([...en.keys(), ...ar.keys()])) {
    all.add(id);
    if (!en.has(id)) wrong.push(`en${name}.ftl has no ${id}`);
    else if (!ar.has(id)) wrong.push(`ar${name}.ftl has no ${id}`);
    else {
      const [a, b] = [variables(en.get(id)), variables(ar.get(id))];
      for (const one of b) if (!a.has(one)) wrong.push(`${id}: only Arabic has $${one}`);
    }
  }
}
read("ar.problems.ftl");

const sources = readdirSync(join(ui, "src"), { recursive: true }).filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"));
for (const name of sources) {
  const text = readFileSync(join(ui, "src", name), "utf8");
  for (const [, id] of text.matchAll(/\bt\(\s*"([a-z][\w-]*)"/g)) if (!all.has(id)) wrong.push(`${name} asks for ${id}`);
}
if (wrong.length > 0) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
console.log(`${all.size} texts in both languages`);
