// The PIN pad. The PIN lives in a variable while it is typed, never in an input that a browser might remember.

import { Refused, callOnce } from "./calls.js";
import { duration } from "./clock.js";
import { ask, makeButton } from "./dialogs.js";
import { words } from "./texts.js";

const LONGEST = 12;
const $ = (id) => document.getElementById(id);
const dialog = $("pin");

let typed = "";
let language = "zh-Hans";
let waiting = false; // for the agent, or for the end of a lock-out
let open = null; // one pad at a time, however many calls ask for it

function paint() {
  $("pin-dots").textContent = "●".repeat(typed.length);
  $("pin-dots").setAttribute("aria-label", words("desk.pin_digits", language, { n: typed.length }));
  for (const button of $("pin-pad").children) button.disabled = waiting;
}

function press(key) {
  if (waiting) return;
  if (key === "delete") typed = typed.slice(0, -1);
  else if (key === "enter") return void unlock();
  else if (typed.length < LONGEST) typed += key;
  $("pin-trouble").textContent = "";
  paint();
}

async function unlock() {
  if (typed.length === 0) return;
  const pin = typed;
  typed = "";
  waiting = true;
  paint();
  try {
    await callOnce("POST", "/desk/api/unlock", { pin });
    waiting = false;
    dialog.close("unlocked");
  } catch (error) {
    $("pin-trouble").textContent = error instanceof Refused ? error.message : words("desk.unreachable", language);
    if (error.retryAfter > 0) await countDown(error.retryAfter);
    waiting = false;
    if (error.retryAfter > 0) $("pin-trouble").textContent = "";
    paint();
  }
}

async function countDown(seconds) {
  for (let left = Math.ceil(seconds); left > 0; left -= 1) {
    $("pin-dots").textContent = duration(left);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

export function layPad(chosen) {
  language = chosen;
  const digits = [..."123456789"].map((digit) => makeButton(digit, "", () => press(digit)));
  const erase = makeButton(words("desk.delete", language), language, () => press("delete"));
  const enter = makeButton(words("desk.enter", language), language, () => press("enter"));
  erase.className = "word";
  enter.className = "word primary";
  $("pin-pad").replaceChildren(...digits, erase, makeButton("0", "", () => press("0")), enter);
  paint();
}

/** Asks for the PIN until it is right (true) or the guard puts the pad away (false). */
export function askForPin() {
  open ??= (async () => {
    typed = "";
    if (!waiting) $("pin-trouble").textContent = "";
    paint();
    const answer = await ask(dialog);
    open = null;
    return answer === "unlocked";
  })();
  return open;
}

dialog.addEventListener("keydown", (event) => {
  if (/^\d$/.test(event.key)) press(event.key);
  else if (event.key === "Backspace") press("delete");
  else if (event.key === "Enter" && !event.target.closest("button[data-close], #pin-pad button")) press("enter");
});
