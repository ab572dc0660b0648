// The one person whom the guard looks at now: why, who, what to ask, and the ways on.

import { duration } from "./clock.js";
import { ask, makeButton } from "./dialogs.js";
import { forgetFaces, showFaces } from "./faces.js";
import { LANGUAGES, advice, named, ownName, put, reason, resolutions, words } from "./texts.js";
import { countryName } from "./territories.js";

// The way on that a guard takes most often, by the first reason. It stands first; all others are one touch further.
const LIKELY = {
  yellow: "sent_to_office",
  yellow_refused: "sent_to_office",
  red: "sent_to_office",
  red_held: "sent_to_office",
  chip_altered: "sent_to_office",
  uid_card: "known_to_guard",
  unproven: "known_to_guard",
  stale: "known_to_guard",
  no_directory: "known_to_guard",
  document_expired: "known_to_guard",
  visit_delivery: "handed_over",
  visit_other_time: "not_expected",
  visit_over: "not_expected",
  visit_ended: "not_expected",
  visit_host_closed: "not_expected",
  visit_other_gate: "not_expected",
};
const USUAL = "registered_on_paper";

// A face is for the guard's own eyes: who it is, yes or no, and the other ways one touch further.
const BY_EYE = { admit: "same_person", refuse: "not_same_person" };
const ofFaces = (code) => code.startsWith("face_");

// The question to ask, by the first reason.
const ASK = {
  unknown: "visiting",
  code_expired: "renew",
  document_expired: "other_document",
  document_not_yet_valid: "other_document",
  document_inconsistent: "see_document",
  uid_card: "see_document",
  unproven: "see_document",
  code_damaged: "other_document",
  code_not_understood: "other_document",
  code_foreign_not_supported: "other_document",
  code_issuer_unknown: "other_document",
  code_paper_expired: "renew",
  code_grant_expired: "renew",
  code_not_yet_valid: "other_document",
  code_clock_ahead: "other_document",
  code_screenshot: "other_document",
  code_shown_before: "other_document",
  code_too_old: "other_document",
  code_revoked: "other_document",
  code_forged: "other_document",
  code_wrong_key: "other_document",
  document_unreadable: "type_number",
  card_removed_early: "type_number",
  card_not_supported: "type_number",
  mrz_needed: "type_number",
  chip_altered: "see_document",
  number_invalid: "see_document",
  reader_fault: "type_number",
  stale: "which_home",
  no_directory: "which_home",
  gate_fault: "which_home",
  visit_own_proof: "other_document",
  visit_unproven: "visiting",
  visit_host_unclear: "visiting",
  visit_inside: "see_document",
};
const ASK_OTHERWISE = "office";

const $ = (id) => document.getElementById(id);

let items = [];
let current = null; // stays until it is settled: the next person does not push this one away
let since = 0;
let paused = false;
let language = "zh-Hans";
let decide = () => {};
let show = () => {};

export function whenDecided(decided, shown) {
  decide = decided;
  show = shown;
}

export function speakHeldIn(chosen) {
  language = chosen;
  paint();
}

export function repaintHeld() {
  paint();
}

/** Takes the agent's list, oldest first. Returns the sentence to announce when somebody new is in front. */
export function takeHeld(list) {
  items = list;
  const before = current?.id;
  current = items.find(({ id }) => id === before) ?? items[0] ?? null;
  since = performance.now() - 1000 * (current?.waited_s ?? 0);
  paint();
  return current && current.id !== before ? $("why").textContent : "";
}

/** Nothing can be decided while nobody answers: neither with these buttons nor with those of the next painting. */
export function pause(whether) {
  paused = whether;
  setButtons();
}

function setButtons() {
  for (const button of $("held").querySelectorAll("button")) button.disabled = paused;
}

/** Nothing to see here until the desk is unlocked (null: the lists were not told, or were taken away). */
export function closeLists() {
  items = null;
  current = null;
  paint();
}

function paint() {
  $("held").hidden = current === null;
  $("empty").hidden = current !== null || items === null;
  $("closed").hidden = items !== null;
  if (!current) return forgetFaces();
  const { outcome, reasons, holder } = current;
  const [first, ...others] = reasons;
  $("held").dataset.outcome = outcome;
  const [why, what] = whyAndWhat(reason(first, outcome, language).guard);
  put($("why"), why, language);
  put($("what"), what, language);
  $("queue").textContent = items.length > 1 ? words("desk.queue", language, { n: items.length - 1 }) : "";
  paintWaited();
  paintFacts(holder, others);

  const theirs = holder.language || language;
  put($("question"), question(first, language), language);
  put($("question-theirs"), theirs === language ? "" : question(first, theirs), theirs);
  paintWays(first);
  paintVoices(theirs);
  showFaces(current, language);
  setButtons();
}

function question(code, inLanguage) {
  return words(`ask.${ASK[code] ?? (ofFaces(code) ? "see_document" : ASK_OTHERWISE)}`, inLanguage);
}

/** "Yellow code: the rules ask for a person to look." -> the fact as a heading, and what the guard does about it. */
function whyAndWhat(text) {
  const end = text.search(/[：。]|[:;.](?= )/);
  if (end < 0) return [text.replace(/[.。]$/, ""), ""];
  const what = text.slice(end + 1).trim();
  return [text.slice(0, end), what.charAt(0).toUpperCase() + what.slice(1)];
}

function paintFacts(holder, others) {
  const facts = [];
  const notRead = words("desk.not_read", language);
  facts.push(["desk.name", holder.name || notRead]);
  if (current.visit) facts.push(["desk.visit", current.visit.name ? `${current.visit.name} → ${current.visit.to}` : current.visit.to]);
  if (holder.nationality) {
    const country = countryName(holder.nationality, language);
    const speaks = holder.language && holder.language !== language;
    facts.push(["desk.nationality", speaks ? words("desk.speaks", language, { country, language: ownName(holder.language) }) : country]);
  }
  const kind = named("kind", holder.document, language);
  facts.push(["desk.document", [kind, holder.number].filter(Boolean).join("  ") || notRead]);
  const next = advice(current.advice, language);
  if (next) facts.push(["desk.advice", next.guard]);
  const also = others.map((code) => reason(code, "hold", language).guard);
  if (also.length) facts.push(["desk.also", also]);
  $("facts").replaceChildren(...facts.flatMap(([key, value]) => fact(key, value)));
}

function fact(key, value) {
  const term = document.createElement("dt");
  put(term, words(key, language), language);
  const description = document.createElement("dd");
  if (Array.isArray(value)) {
    const list = document.createElement("ul");
    for (const each of value) {
      const item = document.createElement("li");
      put(item, each, language);
      list.append(item);
    }
    description.append(list);
  } else {
    put(description, value, language);
  }
  return [term, description];
}

function paintWays(first) {
  if (ofFaces(first)) return paintEye();
  const likely = LIKELY[first] ?? USUAL;
  const refusing = resolutions("refuse").includes(likely);
  const { id } = current;
  const primary = makeButton(
    words(refusing ? "desk.refuse_as" : "desk.admit_as", language, { reason: named("resolution", likely, language) }),
    language,
    () => decide(id, refusing ? "refuse" : "admit", likely),
  );
  primary.className = refusing ? "primary refusing" : "primary";
  const admit = makeButton(words("desk.admit_other", language), language, () => choose(id, "admit"));
  admit.className = "admitting";
  const refuse = makeButton(words("desk.refuse_other", language), language, () => choose(id, "refuse"));
  refuse.className = "refusing";
  $("ways").replaceChildren(primary, admit, refuse);
}

function paintEye() {
  const { id } = current;
  const [same, other] = Object.entries(BY_EYE).map(([verdict, code]) => {
    const says = words(verdict === "admit" ? "desk.admit_as" : "desk.refuse_as", language, { reason: named("resolution", code, language) });
    return makeButton(says, language, () => decide(id, verdict, code));
  });
  same.className = "primary";
  other.className = "refusing";
  const more = makeButton(words("desk.admit_other", language), language, () => choose(id, "admit"));
  more.className = "admitting";
  $("ways").replaceChildren(same, other, more);
}

async function choose(id, verdict) {
  put($("reasons-title"), words(verdict === "admit" ? "desk.why_admit" : "desk.why_refuse", language), language);
  $("choices").replaceChildren(
    ...resolutions(verdict).map((code) => makeButton(named("resolution", code, language), language, () => $("reasons").close(code))),
  );
  const chosen = await ask($("reasons"));
  if (chosen) decide(id, verdict, chosen);
}

function paintVoices(theirs) {
  const ordered = [...LANGUAGES].sort((one, other) => (other.code === theirs) - (one.code === theirs));
  $("voices").replaceChildren(
    ...ordered.map(({ code, name }) => {
      const button = makeButton(name, code, () => show(code));
      button.toggleAttribute("data-theirs", code === theirs);
      return button;
    }),
  );
}

function paintWaited() {
  if (!current) return;
  $("waited").textContent = words("desk.waited", language, { time: duration((performance.now() - since) / 1000) });
}

setInterval(paintWaited, 1000);
