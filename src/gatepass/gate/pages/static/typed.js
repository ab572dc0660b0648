// A number typed by the guard, for somebody without a card. The hint only helps while typing; the agent validates.

import { Refused, call } from "./calls.js";
import { ask } from "./dialogs.js";
import { reason, words } from "./texts.js";

const LENGTH = 18; // GB 11643
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = "10X98765432"; // ISO 7064 MOD 11-2, by the weighted sum modulo 11

const $ = (id) => document.getElementById(id);
const dialog = $("typed");
let language = "zh-Hans";

const normal = (text) => text.replace(/[\s-]/g, "").toUpperCase();

/** "short", "good" or "mistyped", and how many characters are missing. */
export function look(number) {
  if (number.length < LENGTH) return { state: /^\d*$/.test(number) ? "short" : "mistyped", missing: LENGTH - number.length };
  if (!/^\d{17}[\dX]$/.test(number)) return { state: "mistyped", missing: 0 };
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0);
  return { state: CHECK[sum % 11] === number[LENGTH - 1] ? "good" : "mistyped", missing: 0 };
}

function hint() {
  const number = normal($("number").value);
  const { state, missing } = look(number);
  const key = number === "" ? "desk.typed_hint" : `desk.typed_${state}`;
  $("number-hint").dataset.state = number === "" ? "" : state;
  $("number-hint").textContent = words(key, language, { n: missing });
}

$("number").addEventListener("input", () => {
  $("number-trouble").textContent = "";
  hint();
});

$("typed-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const number = normal($("number").value);
  if (number === "") return $("number").focus();
  $("typed-submit").disabled = true;
  try {
    const answer = await call("POST", "/desk/api/typed", { number });
    if (answer) dialog.close("sent");
  } catch (error) {
    $("number-trouble").textContent = trouble(error);
    $("number").select();
  } finally {
    $("typed-submit").disabled = false;
  }
});

function trouble(error) {
  if (!(error instanceof Refused)) return words("desk.unreachable", language);
  // Policy's sentence says what to do; the agent's names the code, which is for programs.
  if (error.code === "number_invalid") return reason("number_invalid", "hold", language).guard;
  return error.message || words("desk.failed", language);
}

export async function typeNumber(chosen) {
  language = chosen;
  $("number").value = "";
  $("number-trouble").textContent = "";
  hint();
  await ask(dialog);
  $("number").value = ""; // an ID number does not stay in the page
}
