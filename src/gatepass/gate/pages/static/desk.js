// The guard's page: joins the agent's messages, the person who waits, the dialogs and the list of the last passages.

import { offerInterpreters } from "./calling.js";
import { Refused, Unreachable, call, speakIn, whenLocked } from "./calls.js";
import { setOffset, showTime, hourMinute, timeOrDay, zone } from "./clock.js";
import { lockFaces } from "./faces.js";
import { closeLists, pause, repaintHeld, speakHeldIn, takeHeld, whenDecided } from "./held.js";
import { openLine } from "./line.js";
import { askForPin, layPad } from "./pin.js";
import { DEFAULT_LANGUAGE, LANGUAGES, fill, known, named, ownName, put, words } from "./texts.js";
import { takeReport } from "./reports.js";
import { typeNumber } from "./typed.js";
import { registerVisitor, showInside } from "./visitors.js";

const SAID_LASTS_MS = 4000;
const SHOWN = 8; // last passages on the page; the export has all that the agent keeps
const HERE = new Set(["127.0.0.1", "localhost", "[::1]"]);
const SHAPES = { pass: "m12 54 24 26 52-62", hold: "M50 12 94 88H6z", refuse: "m16 16 68 68M84 16 16 84" };

const $ = (id) => document.getElementById(id);
let language = known(localStorage.getItem("gatepass.desk.language") ?? DEFAULT_LANGUAGE);
let gate = { site: "", gate: "", direction: "in" };
let knowledge = null;
let counts = null;
let recent = [];
let guarded = true;
let locked = false;
let saying = 0;

// --- what was done, or why it was not ---

function tell(sentence, { trouble = false } = {}) {
  clearTimeout(saying);
  put($("said"), sentence, language);
  $("said").toggleAttribute("data-trouble", trouble);
  $("said").hidden = false;
  saying = setTimeout(() => { $("said").hidden = true; }, SAID_LASTS_MS * (trouble ? 2 : 1));
}

/** Makes a call and says how it went. `done` is the sentence for success. */
async function perform(method, path, body, done) {
  try {
    const answer = await call(method, path, body);
    if (answer && done) tell(done);
    return answer;
  } catch (error) {
    if (error instanceof Unreachable) tell(words("desk.unreachable", language), { trouble: true });
    else if (error instanceof Refused) tell(error.message || words("desk.failed", language), { trouble: true });
    else throw error;
    return null;
  }
}

whenLocked(askForPin);
whenDecided(
  (id, verdict, reason) => perform("POST", "/desk/api/resolve", { id, verdict, reason }, words(verdict === "admit" ? "desk.admitted" : "desk.refused", language)),
  (chosen) => perform("POST", "/desk/api/language", { language: chosen }, words("desk.shown_on_screen", language, { language: ownName(chosen) })),
);

// --- the head ---

function paintHead() {
  $("place").textContent = [gate.site, gate.gate].filter(Boolean).join(" · ");
  $("direction").textContent = words(`desk.${gate.direction}`, language) ?? "";
  $("counts").hidden = counts === null;
  if (counts) {
    const number = new Intl.NumberFormat(language);
    for (const name of ["entered", "left", "inside"]) $(name).textContent = number.format(counts[name]);
    $("since").textContent = counts.since ? words("desk.since", language, { time: counts.since }) : "";
  }
  $("states").replaceChildren(...states().map(([sentence, notice]) => {
    const item = document.createElement("li");
    put(item, notice ? `△ ${sentence}` : sentence, language);
    item.classList.toggle("notice", notice);
    return item;
  }));
  $("lock").hidden = !guarded;
  put($("lock"), words(locked ? "desk.unlock" : "desk.lock", language), language);
}

/** Network, knowledge and readers in words, then whatever else the agent says of itself; [sentence, needs a look]. */
function states() {
  if (!knowledge) return [];
  const { online, as_of: asOf, readers = [] } = knowledge;
  const found = [];
  if (online) found.push([words("desk.online", language), false]);
  if (asOf !== null) found.push([words("desk.knowledge", language, { time: timeOrDay(asOf, language) }), false]);
  for (const { family, state } of readers) {
    const reader = words(`desk.family_${family}`, language) ?? family;
    if (state === "ready") found.push([words("desk.reader_ready", language, { reader }), false]);
    // Where no reader works, the agent says so itself, and what to do.
    else if (readers.some((other) => other.state === "ready")) found.push([words("desk.reader_out", language, { reader }), true]);
  }
  if (readers.length === 0) found.push([words("desk.reader_none", language), true]);
  const told = knowledge.states ?? plainStates(knowledge);
  return [...found, ...told.map((code) => [named("state", code, language), true]).filter(([sentence]) => sentence)];
}

/** The states that follow from an agent's knowledge where it lists none. */
function plainStates({ online, as_of: asOf, readers = [] }) {
  const works = readers.some(({ state }) => state === "ready");
  const ill = works ? [] : [...new Set(readers.map(({ state }) => `reader_${state}`))];
  return [online ? [] : "offline", asOf === null ? "no_directory" : [], ill].flat();
}

// --- the last passages ---

function paintRecent() {
  $("recent-empty").hidden = recent.length > 0;
  $("recent").replaceChildren(...recent.slice(0, SHOWN).map((passage) => {
    const item = document.createElement("li");
    const went = { admitted: "pass", refused: "refuse" }[passage.resolution] ?? passage.outcome;
    item.append(shape(went), span("who", passage.holder || named("kind", passage.document, language) || named("method", passage.method === "code" ? "code" : "", language) || words("desk.not_read", language)), time(passage.at), span("how", how(passage)));
    return item;
  }));
}

// What a pass rests on, where it is little: the guard should know, and nobody else.
const NOTES = {
  unproven: "desk.not_verified",
  unproven_allowed: "desk.not_verified",
  uid_card: "desk.no_proof",
  uid_card_allowed: "desk.no_proof",
  face_not_compared: "desk.not_compared",
};

function how({ outcome, reasons = [], document: kind, holder, method, resolution }) {
  const end = { admitted: words("desk.by_guard_in", language), refused: words("desk.by_guard_out", language) }[resolution];
  const by = method === "typed" || method === "code" ? named("method", method, language) : "";
  const note = reasons.map((code) => NOTES[code]).find(Boolean);
  const little = note ? words(note, language) : "";
  return [holder ? named("kind", kind, language) : "", by, little, end ?? named("outcome", outcome, language)].filter(Boolean).join(" · ");
}

function shape(outcome) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[outcome]);
  svg.append(path);
  return svg;
}

function span(name, text) {
  return Object.assign(document.createElement("span"), { className: name, textContent: text });
}

function time(milliseconds) {
  const element = document.createElement("time");
  element.dateTime = new Date(milliseconds).toISOString();
  element.textContent = hourMinute(new Date(milliseconds));
  return element;
}

async function exportTable() {
  const answer = await perform("GET", "/desk/api/export.csv");
  if (!answer) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  const now = new Date();
  link.download = `gatepass-${now.toISOString().slice(0, 10)}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

// --- language of the guard ---

function speakGuardsLanguage() {
  document.documentElement.lang = language;
  document.title = words("page.desk", language);
  speakIn(language);
  fill(document, language);
  layPad(language);
  speakHeldIn(language);
  paintHead();
  paintRecent();
}

$("language").replaceChildren(...LANGUAGES.map(({ code, name }) => {
  const option = new Option(name, code);
  option.lang = code;
  return option;
}));
$("language").value = language;
$("language").addEventListener("change", () => {
  language = $("language").value;
  localStorage.setItem("gatepass.desk.language", language);
  speakGuardsLanguage();
});

// --- tools ---

$("type-number").addEventListener("click", () => typeNumber(language));
$("export").addEventListener("click", exportTable);
$("walk-in").addEventListener("click", () => registerVisitor(language, tell));
$("who-inside").addEventListener("click", () => showInside(language, tell));
$("take-report").addEventListener("click", () => takeReport(language, tell));
$("unlock").addEventListener("click", unlock);
$("lock").addEventListener("click", () => {
  if (locked) unlock();
  else perform("POST", "/desk/api/lock", {}, words("desk.locked", language));
});

async function unlock() {
  if (await askForPin()) tell(words("desk.unlocked", language));
}

// --- the agent ---

const heard = {
  hello(message) {
    setOffset(message.utc_offset);
    gate = message;
    guarded = message.guard_required !== false;
    locked = guarded && message.locked === true;
    if (lockFaces(locked)) repaintHeld();
    // The gate's own screen is told who waits at any time. On another machine a locked desk shows nobody.
    if (locked && !HERE.has(location.hostname)) {
      recent = [];
      closeLists();
      paintRecent();
    }
    paintHead();
  },
  knowledge(message) {
    knowledge = message;
    paintHead();
  },
  counts(message) {
    counts = message;
    paintHead();
  },
  held({ items }) {
    const news = takeHeld(items);
    if (news) $("announce").textContent = news;
  },
  recent({ items }) {
    recent = items;
    paintRecent();
  },
};

function answering(alive) {
  $("stopped").hidden = alive;
  for (const id of ["type-number", "walk-in", "who-inside", "take-report", "export", "lock", "unlock"]) $(id).disabled = !alive;
  pause(!alive);
}

speakGuardsLanguage();
showTime($("time"), () => ` ${zone()}`);
openLine("/desk/socket", {
  heard(message) {
    if (!$("stopped").hidden) answering(true);
    heard[message.type]?.(message);
  },
  silent: () => answering(false),
});

offerInterpreters(document.getElementById("interpreters"), { desk: true });
