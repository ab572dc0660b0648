// Somebody without an invitation: measured, looked at, asked, written down; and who is inside as a visitor. No network needed.

import { Refused, call } from "./calls.js";
import { hourMinute } from "./clock.js";
import { ask, makeButton } from "./dialogs.js";
import { put, words } from "./texts.js";

const PURPOSES = ["family", "cleaning", "care", "repair", "delivery", "other"];
const ASK_EVERY_MS = 2000;

const $ = (id) => document.getElementById(id);
const form = $("visitor-form");
let language = "zh-Hans";
let tell = () => {};
let visit = "";
let asking = 0;

function say(text) {
  put($("visitor-trouble"), text, language);
}

function hint(key) {
  put($("visitor-hint"), key ? words(key, language) : "", language);
}

function told(verdict, confirmed) {
  const { name, host, document: paper, phone, temperature, purpose, symptoms, was_away: away } = form.elements;
  return {
    verdict, confirmed, id: visit, name: name.value.trim(), host: host.value.trim(), document: paper.value.trim(), phone: phone.value.trim(),
    temperature: Number(temperature.value), purpose: purpose.value, symptoms: symptoms.checked, was_away: away.checked,
  };
}

async function send(verdict, confirmed = "") {
  if (!form.reportValidity()) return null;
  say("");
  try {
    const answer = await call("POST", "/desk/api/visitor", told(verdict, confirmed));
    return answer ? await answer.json() : null;
  } catch (error) {
    say(error instanceof Refused ? error.message || words("desk.failed", language) : words("desk.unreachable", language));
    return null;
  }
}

async function look() {
  try {
    const reply = await call("GET", `/desk/api/expected?id=${visit}`);
    const { answer } = reply ? await reply.json() : { answer: "" };
    if (!answer) return;
    clearInterval(asking);
    hint(answer === "yes" ? "visitor.said_yes" : "visitor.said_no");
    form.dataset.answer = answer;
  } catch {
    hint("visitor.ring");
  }
}

async function askHost() {
  const made = await send("ask");
  if (!made) return;
  visit = made.id;
  hint("visitor.asked");
  clearInterval(asking);
  asking = setInterval(look, ASK_EVERY_MS);
}

async function finish(verdict) {
  const confirmed = form.dataset.answer === "yes" ? "page" : form.elements.confirmed.checked ? "phone" : "";
  if (!(await send(verdict, verdict === "admit" ? confirmed : ""))) return;
  form.reset(); // names do not stay in the page, not even until it has noticed that the dialog is closed
  $("visitor").close("done");
  tell(words(verdict === "admit" ? "visitor.written" : "visitor.written_refused", language));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  finish("admit");
});
$("visitor-ask").addEventListener("click", askHost);
$("visitor-refuse").addEventListener("click", () => finish("refuse"));

export async function registerVisitor(chosen, says) {
  [language, tell] = [chosen, says];
  form.reset();
  [visit, form.dataset.answer] = ["", ""];
  say("");
  hint("");
  $("visitor-purpose").replaceChildren(...PURPOSES.map((purpose) => new Option(words(`visitor.for_${purpose}`, language), purpose)));
  await ask($("visitor"));
  clearInterval(asking);
  form.reset(); // nor where the guard went away without an answer
}

export async function showInside(chosen, says) {
  [language, tell] = [chosen, says];
  if (await list()) await ask($("inside-now"));
  $("inside-list").replaceChildren();
}

async function list() {
  let reply;
  try {
    reply = await call("GET", "/desk/api/visitors");
  } catch {
    tell(words("desk.unreachable", language), { trouble: true });
  }
  if (!reply) return false;
  const { visitors } = await reply.json();
  $("inside-empty").hidden = visitors.length > 0;
  $("inside-list").replaceChildren(...visitors.map(line));
  return true;
}

function line({ key, since, name, whom, until }) {
  const item = document.createElement("li");
  const text = document.createElement("span");
  put(text, `${name} → ${whom} · ${hourMinute(new Date(since))}`, language);
  text.classList.toggle("late", until > 0 && until < Date.now());
  item.append(text, makeButton(words("visitor.left", language), language, async () => {
    await call("POST", "/desk/api/gone", { key }).catch(() => tell(words("desk.unreachable", language), { trouble: true }));
    list();
  }));
  return item;
}
