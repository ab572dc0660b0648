// How somebody in quarantine is, taken down by the guard. No network needed: what was kept is sent later, and the list says so.

import { Refused, call } from "./calls.js";
import { hourMinute } from "./clock.js";
import { ask, makeButton } from "./dialogs.js";
import { named, put, symptoms, words } from "./texts.js";
import { typeNumber } from "./typed.js";

const LOOK_EVERY_MS = 2000;

const $ = (id) => document.getElementById(id);
const dialog = $("report");
const form = $("report-form");
let language = "zh-Hans";
let tell = () => {};
let who = "";

function say(text) {
  put($("report-trouble"), text, language);
}

function unreachable(error) {
  say(error instanceof Refused ? error.message || words("desk.failed", language) : words("desk.unreachable", language));
}

// --- for whom ---

function chosen(person) {
  who = person.who;
  put($("report-who"), person.name || named("kind", person.document, language) || words("report.by_code", language), language);
  $("report-people").hidden = true;
  $("report-of").hidden = false;
  $("report-submit").hidden = false;
  form.elements.temperature.focus();
}

function offer(people) {
  const shown = people.map((person) => {
    const button = makeButton("", language, () => chosen(person));
    const name = document.createElement("span");
    name.textContent = person.name || named("kind", person.document, language) || words("report.by_code", language);
    const at = document.createElement("time");
    at.textContent = hourMinute(new Date(person.at));
    button.append(name, at);
    return button;
  });
  const type = makeButton(words("desk.type_number", language), language, async () => {
    const person = await typeNumber(language, "/desk/api/reporter");
    if (person) chosen(person);
  });
  $("report-people").replaceChildren(...shown, type);
}

// --- what became of the last ones ---

function line({ at, who: name, answer }) {
  const item = document.createElement("li");
  const text = document.createElement("span");
  put(text, `${hourMinute(new Date(at))} ${name}`, language);
  const became = document.createElement("span");
  const why = answer && answer !== "taken" ? words(`report.because_${answer}`, language) ?? words("report.because_other", language) : "";
  put(became, why || words(answer === "taken" ? "report.sent" : "report.kept", language), language);
  became.className = why ? "why" : "quiet";
  item.append(text, became);
  return item;
}

async function look() {
  const reply = await call("GET", "/desk/api/reports");
  if (!reply) return null;
  const { people, reports } = await reply.json();
  $("report-noted").hidden = reports.length === 0;
  const lines = reports.map(line);
  // Only what has changed is put on the page, so that nothing is read aloud twice.
  if ($("report-list").textContent !== lines.map((item) => item.textContent).join("")) $("report-list").replaceChildren(...lines);
  return people;
}

// --- how they are ---

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!who) return;
  const { temperature, note, confirmed } = form.elements;
  const told = [...$("report-symptoms").querySelectorAll("input:checked")].map(({ value }) => value);
  const tenths = temperature.value === "" ? null : Math.round(Number(temperature.value) * 10);
  say("");
  $("report-submit").disabled = true;
  try {
    if (!(await call("POST", "/desk/api/report", { who, tenths, symptoms: told, note: note.value.trim(), confirmed: confirmed.checked }))) return;
    tell(words("report.thanks", language));
    begin(await look());
  } catch (error) {
    if (error.code === "report_again") $("report-sure").hidden = false;
    unreachable(error);
  } finally {
    $("report-submit").disabled = false;
  }
});

function begin(people) {
  form.reset(); // how somebody is does not stay in the page
  who = "";
  say("");
  $("report-people").hidden = false;
  $("report-of").hidden = true;
  $("report-sure").hidden = true;
  $("report-submit").hidden = true;
  $("report-symptoms").replaceChildren(...symptoms().map((code) => {
    const label = document.createElement("label");
    label.className = "tick";
    const box = Object.assign(document.createElement("input"), { type: "checkbox", value: code });
    const text = document.createElement("span");
    put(text, words(`symptom.${code}`, language), language);
    label.append(box, text);
    return label;
  }));
  offer(people ?? []);
}

export async function takeReport(spoken, says) {
  [language, tell] = [spoken, says];
  let people;
  try {
    people = await look();
  } catch {
    tell(words("desk.unreachable", language), { trouble: true });
  }
  if (!people) return;
  begin(people);
  const looking = setInterval(() => look().catch(() => {}), LOOK_EVERY_MS);
  await ask(dialog);
  clearInterval(looking);
  begin([]);
}
