// A number typed by the guard, for somebody without a card. The agent reads it, and asks back where several documents can
// have it. What is said while typing only helps.

import { Refused, call } from "./calls.js";
import { ask, makeButton } from "./dialogs.js";
import { named, put, words } from "./texts.js";
import { STATES, countryName } from "./territories.js";

const LENGTH = 18; // GB 11643
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = "10X98765432"; // ISO 7064 MOD 11-2, by the weighted sum modulo 11
const SURELY_LONG = 11; // digits: shorter ones may be a permit's or a passport's
const OF_OLD = 15; // before 1999
const FOUND_MOST = 8; // states under the search field

const $ = (id) => document.getElementById(id);
const dialog = $("typed");
let language = "zh-Hans";
let path = "/desk/api/typed";
let told = null;
let kind = ""; // what the guard chose for the number as it stands

const normal = (text) => text.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();

/** "short", "good", "mistyped" or "" (nothing to say), and how many characters are missing. */
export function look(number) {
  if (!/^[1-9]\d*X?$/.test(number) || number.length < SURELY_LONG) return { state: "", missing: 0 };
  if (number.length < LENGTH) return { state: number.length === OF_OLD ? "" : "short", missing: LENGTH - number.length };
  if (!/^\d{17}[\dX]$/.test(number)) return { state: "mistyped", missing: 0 };
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0);
  return { state: CHECK[sum % 11] === number[LENGTH - 1] ? "good" : "mistyped", missing: 0 };
}

function hint() {
  const { state, missing } = look(normal($("number").value));
  $("number-hint").dataset.state = state;
  put($("number-hint"), words(state ? `desk.typed_${state}` : "desk.typed_hint", language, { n: missing }), language);
}

// --- what the agent asks back ---

function askNothing() {
  kind = "";
  $("which").hidden = true;
  $("whose").hidden = true;
  $("number-hint").hidden = false;
  $("typed-submit").hidden = false;
}

function askWhich(kinds) {
  $("which-choices").replaceChildren(
    ...kinds.map((code) => makeButton(named("kind", code, language), language, () => {
      kind = code;
      look_up({ kind });
    })),
  );
  $("which").hidden = false;
  $("number-hint").hidden = true;
  $("typed-submit").hidden = true;
  $("which-choices").querySelector("button").focus();
}

function askWhose(states) {
  $("which").hidden = true;
  $("whose").hidden = false;
  $("number-hint").hidden = true;
  $("typed-submit").hidden = true;
  $("state").value = "";
  $("state").placeholder = words("desk.typed_state", language);
  offer(states);
  $("whose").dataset.usual = states.join(" ");
  $("state").focus();
}

function offer(states) {
  $("whose-choices").replaceChildren(
    ...states.map((code) => {
      const button = makeButton("", language, () => look_up({ kind, issuer: code }));
      const name = document.createElement("span");
      name.textContent = countryName(code, language);
      const short = document.createElement("span");
      short.className = "code";
      short.textContent = code;
      button.append(name, short);
      return button;
    }),
  );
  $("whose-none").hidden = states.length > 0;
}

$("state").addEventListener("input", () => {
  const wanted = $("state").value.trim().toLocaleLowerCase(language);
  if (!wanted) return offer($("whose").dataset.usual.split(" "));
  const begins = (code) => code.toLowerCase().startsWith(wanted) || countryName(code, language).toLocaleLowerCase(language).startsWith(wanted);
  const has = (code) => countryName(code, language).toLocaleLowerCase(language).includes(wanted);
  offer([...STATES.filter(begins), ...STATES.filter((code) => !begins(code) && has(code))].slice(0, FOUND_MOST));
});

// --- the number ---

$("number").addEventListener("input", () => {
  say("");
  askNothing();
  hint();
});

$("typed-form").addEventListener("submit", (event) => {
  event.preventDefault();
  // Enter in the search field takes the only state that is left.
  const states = $("whose-choices").querySelectorAll("button");
  if (!$("whose").hidden) return states.length === 1 ? states[0].click() : $("state").focus();
  if (normal($("number").value) === "") return $("number").focus();
  look_up({});
});

function say(text) {
  put($("number-trouble"), text, language);
}

async function look_up(chosen) {
  const buttons = dialog.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  say("");
  let refusal = null;
  try {
    const answer = await call("POST", path, { number: normal($("number").value), ...choices(chosen) });
    if (answer) {
      $("number").value = ""; // an ID number does not stay in the page
      told = await answer.json().catch(() => null);
      dialog.close("sent");
    }
  } catch (error) {
    refusal = error;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
  if (refusal) answered(refusal);
}

const choices = (chosen) => Object.fromEntries(Object.entries(chosen).filter(([, value]) => value));

function answered(error) {
  if (!(error instanceof Refused)) return say(words("desk.unreachable", language));
  if (error.code === "number_ambiguous") return askWhich(error.kinds);
  if (error.code === "issuer_needed") {
    kind = "passport";
    return askWhose(error.states);
  }
  askNothing();
  // The agent's sentence says what is wrong and where.
  say(error.message || words("desk.failed", language));
  $("number").focus();
}

/** The agent's answer to the number that the guard typed; null where it was put away. `to`: the call that takes it. */
export async function typeNumber(chosen, to = "/desk/api/typed") {
  [language, path, told] = [chosen, to, null];
  $("number").value = "";
  say("");
  askNothing();
  hint();
  await ask(dialog);
  $("number").value = ""; // nor when it is put away
  return told;
}
