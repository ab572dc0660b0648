// The resident's page: what the agent decided, shown, spoken and reported back. It decides nothing itself.

import { setOffset, showTime, timeOrDay } from "./clock.js";
import { openLine } from "./line.js";
import { DEFAULT_LANGUAGE, LANGUAGES, advice, fill, known, named, prompts, put, putClauses, reason, secondLanguage, words } from "./texts.js";
import { beep, stopBeeping } from "./beep.js";
import { offerInterpreters, offerQuestions } from "./calling.js";
import { hush, isSpeaking, maySpeak, speak, speaking, warm } from "./voice.js";

const CHOICE_LASTS_MS = 30_000; // a language touched by somebody who then walks away
const READING_LASTS_MS = 4000; // longer than any reader takes; a lost "show" must not leave the sign standing
const LAST_LASTS_MS = 180_000; // whom the guard turns to within this, the screen can still help with
const LONGEST_VOICE_MS = 8000; // a player that never ends must not keep a result on the screen
const NOTICE_TURNS_MS = 8000; // time enough to read two lines twice
const STARTING_LASTS_MS = 1500; // a page that has not reached its agent by then says so

// The word as large as one line allows, never below 120 (STYLE.md); else in two lines. In units of a 1080 or 1920 panel.
const WORD_SIZES = [190, 160, 136, 120];
const TWO_LINES = 136;

const $ = (id) => document.getElementById(id);
const MARKS = { ok: "m4 13 5 6L20 6", bad: "M5 5l14 14M19 5 5 19", none: "M4 12h16" };

let shown = null; // the `show` message on the screen
let last = null; // {message, at}: whom the guard may still be speaking with
let chosen = null; // the language a person touched; for this passage only
let spoken = DEFAULT_LANGUAGE; // the language of what is on the screen
let holdMs = 3000;
let notices = []; // of the centre: what stands on the idle screen, each in five languages
let turn = 0; // which notice, and in which second language
let knowledge = null;
let timers = { hold: 0, choice: 0, reading: 0, starting: 0, find: 0, without: 0 };

function later(name, milliseconds, then) {
  clearTimeout(timers[name]);
  timers[name] = setTimeout(then, milliseconds);
}

function toState(state) {
  clearTimeout(timers.starting);
  document.body.dataset.state = state;
  if (state !== "result") delete document.body.dataset.outcome;
  $("result").hidden = state !== "result";
  $("stopped").hidden = state !== "stopped";
}

// --- languages ---

function offerLanguages() {
  document.documentElement.lang = spoken;
  fill(document, spoken);
  $("languages").replaceChildren(
    ...LANGUAGES.filter(({ code }) => code !== spoken).map(({ code, name }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.lang = code;
      button.textContent = name;
      button.addEventListener("click", () => choose(code, { byTouch: true }));
      return button;
    }),
  );
}

/** Shows and speaks everything in a language, by a touch here or by the guard's desk. */
function choose(language, { byTouch }) {
  chosen = known(language);
  if (byTouch) say({ type: "language", language: chosen });
  spoken = chosen;
  offerLanguages();
  if (shown) {
    paintResult();
    speakResult();
    hold(); // whoever has just found their language gets the full time to read
  } else {
    paintIdle();
    warm(chosen, prompts());
    later("choice", CHOICE_LASTS_MS, forgetChoice);
  }
}

function forgetChoice() {
  clearTimeout(timers.choice); // the agent forgets by its own clock
  chosen = null;
  spoken = DEFAULT_LANGUAGE;
  offerLanguages();
  paintIdle();
}

// --- idle ---

function becomeIdle() {
  clearTimeout(timers.hold);
  if (shown) last = shown.outcome === "pass" ? null : { message: shown, at: performance.now() };
  shown = null;
  toState("idle");
  forgetChoice();
}

// What sees a page or a code; all others want a card on them, or a number.
const SEEING = new Set(["scanner", "camera"]);
const TAKING = new Set(["sam", "pcsc"]);

/** What a person is asked to do, by the readers that work now. */
function invitation(readers) {
  const ready = readers.filter(({ state }) => state === "ready").map(({ family }) => family);
  if (!ready.some((family) => SEEING.has(family))) return "place_card";
  return ready.some((family) => TAKING.has(family)) ? "place_or_show" : "show";
}

function paintIdle() {
  const readers = knowledge?.readers ?? [];
  const readable = readers.length === 0 || readers.some(({ state }) => state === "ready");
  document.body.dataset.reader = readable ? "ready" : "absent";
  const notice = readable ? invitation(readers) : "reader_absent";
  const second = secondLanguage(spoken);
  putClauses($("instruction"), named("notice", notice, spoken), spoken);
  put($("instruction-second"), named("notice", notice, second), second);

  $("faces").hidden = !knowledge?.faces;
  paintNotice();
  const strip = stripText();
  $("strip").hidden = !strip;
  if (strip) putClauses($("strip-text"), strip, spoken);
}

/** A notice in the language of the screen, and below it in one of the others: each of the five gets its turn. */
function paintNotice() {
  const notice = notices[Math.floor(turn / (LANGUAGES.length - 1)) % notices.length];
  $("notice").hidden = !notice;
  if (!notice) return;
  const others = LANGUAGES.map(({ code }) => code).filter((code) => code !== spoken);
  const [told, sentence] = notice.texts[spoken];
  const [otherTold, other] = notice.texts[others[turn % others.length]];
  putClauses($("notice-first"), sentence, told);
  $("notice-other").hidden = other === sentence;
  putClauses($("notice-other"), other, otherTold);
}

setInterval(() => {
  turn += 1;
  if (!shown && notices.length > 0) paintNotice();
}, NOTICE_TURNS_MS);

/** What a person should know about the age of the gate's knowledge; nothing while it is fresh. */
function stripText() {
  if (!knowledge) return "";
  if (knowledge.as_of === null) return named("notice", "no_directory", spoken);
  const time = timeOrDay(knowledge.as_of, spoken);
  if (knowledge.stale) return named("notice", "stale", spoken, { time });
  if (!knowledge.online) return named("notice", "offline", spoken, { time });
  return knowledge.notice ? named("notice", "old", spoken, { time }) : "";
}

// --- without the camera: who asks for it is compared by a guard, and by nothing else ---

function declineCamera(declined) {
  $("without-camera").setAttribute("aria-pressed", declined);
  if (declined) later("without", CHOICE_LASTS_MS, () => declineCamera(false));
  else clearTimeout(timers.without);
}

$("without-camera").addEventListener("click", () => {
  say({ type: "without_camera" });
  declineCamera(true);
});

// --- result ---

function show(message, received) {
  $("reading").hidden = true;
  declineCamera(false);
  clearTimeout(timers.choice);
  last = null;
  // A choice is for one passage. The agent knows one that was made on the idle screen; one made during a result is
  // kept while it is the same passage, and not for whoever comes next.
  if (message.id !== shown?.id) chosen = null;
  // The chip after its page, the code beside its card: the sentence that is being spoken answers both. A card laid down
  // again after it, by somebody who did not hear, is answered again.
  const answered = message.repeat && message.id === shown?.id && isSpeaking();
  shown = message;
  spoken = chosen ?? known(message.language);
  offerLanguages();
  paintResult();
  hold();
  // The first frame is being made, the second one begins when the first is on the screen.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    say({ type: "painted", id: message.id, ms: performance.now() - received });
  }));
  if (!answered) speakResult(() => say({ type: "sounded", id: message.id, ms: performance.now() - received }));
}

/** Leaves the result on the screen for its time, and until its last word is spoken. The next card waits for neither. */
function hold(milliseconds = holdMs) {
  later("hold", milliseconds, async () => {
    const passage = shown;
    await Promise.race([speaking(), new Promise((resolve) => setTimeout(resolve, LONGEST_VOICE_MS))]);
    if (shown === passage) becomeIdle();
  });
}

function paintResult() {
  const { outcome, reason: code, holder, checks, visit } = shown;
  const second = secondLanguage(spoken);
  const { word, sentence } = reason(code, outcome, spoken);
  document.body.dataset.outcome = outcome;
  put($("word"), word, spoken);
  put($("word-second"), reason(code, outcome, second).word, second);
  put($("holder"), holder ?? "", "zh-Hans");
  put($("visit"), visit ? words("kiosk.visit", spoken, { whom: visit }) : "", spoken);
  // A sentence that only repeats the word would be noise.
  putClauses($("sentence"), sentence === word ? "" : sentence, spoken);
  putClauses($("next-step"), outcome === "pass" ? "" : (advice(shown.advice, spoken)?.sentence ?? ""), spoken);
  $("checks").replaceChildren(...["invitation", "person", "document", "code"].filter((name) => checks?.[name] in MARKS).map((name) => check(name, checks[name])));
  toState("result");
  fitWord();
}

function fitWord() {
  const word = $("word");
  word.style.whiteSpace = "nowrap";
  const fits = (size) => {
    word.style.setProperty("--size", size);
    return word.scrollWidth <= word.clientWidth;
  };
  const size = WORD_SIZES.find(fits);
  if (size === undefined) {
    word.style.whiteSpace = "";
    word.style.setProperty("--size", TWO_LINES);
  }
}

function check(name, state) {
  const item = document.createElement("li");
  const label = document.createElement("span");
  put(label, words(`check.${name}`, spoken), spoken);
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  mark.setAttribute("viewBox", "0 0 24 24");
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", words(`check.${state}`, spoken));
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", MARKS[state]);
  mark.append(line);
  item.append(label, mark);
  return item;
}

function speakResult(sounded) {
  // Only next steps that any bystander may hear are in this page at all.
  const next = shown.outcome === "pass" ? null : advice(shown.advice, spoken);
  speak(spoken, next ? [shown.prompt, next.prompt] : [shown.prompt], { sounded, blocked: offerSound });
}

// --- sound ---

function offerSound() {
  $("sound").hidden = false;
}

$("sound").addEventListener("click", () => {
  // The touch itself is what the browser waited for; one spoken sentence shows that it worked.
  $("sound").hidden = true;
  const prompt = shown?.prompt ?? prompts()[0];
  if (prompt) speak(spoken, [prompt], { blocked: offerSound });
});

// --- the agent ---

const heard = {
  hello({ site, gate, hold_ms, utc_offset }) {
    setOffset(utc_offset);
    holdMs = hold_ms ?? holdMs;
    $("place").textContent = [site, gate].filter(Boolean).join(" · ");
    if (!shown) becomeIdle();
  },
  knowledge(message) {
    knowledge = message;
    paintIdle();
  },
  notices(message) {
    notices = message.notices;
    turn = 0;
    paintNotice();
  },
  reading: () => sign("reading"),
  looking: () => sign("looking"),
  idle() {
    // Ready for the next card. A result stays for its full time: the person is still reading it.
    $("reading").hidden = true;
  },
  show,
  // Somebody at the centre looks for this terminal. People are answered meanwhile: the edge flashes, the middle stays.
  find({ seconds }) {
    $("find").hidden = !seconds;
    if (!seconds) return stopFinding();
    beep();
    later("find", seconds * 1000, stopFinding);
  },
  language({ language }) {
    // The guard speaks with the last person and wants the sentence in another language: it comes back for that.
    if (!shown && last && performance.now() - last.at < LAST_LASTS_MS) shown = last.message;
    choose(language, { byTouch: false });
  },
};

/** What is going on before there is an answer: a card is read, or a face is looked for. */
function sign(notice) {
  put($("reading-text"), named("notice", notice, spoken), spoken);
  $("reading").hidden = false;
  later("reading", READING_LASTS_MS, () => { $("reading").hidden = true; });
}

function stopFinding() {
  $("find").hidden = true;
  stopBeeping();
}

function stop() {
  hush();
  stopFinding();
  for (const timer of Object.values(timers)) clearTimeout(timer);
  shown = null;
  last = null;
  chosen = null;
  $("reading").hidden = true;
  toState("stopped");
}

putClauses($("stopped-first"), named("notice", "paused", DEFAULT_LANGUAGE), DEFAULT_LANGUAGE);
$("stopped-others").replaceChildren(
  ...LANGUAGES.filter(({ code }) => code !== DEFAULT_LANGUAGE).map(({ code }) => {
    const item = document.createElement("li");
    putClauses(item, named("notice", "paused", code), code);
    return item;
  }),
);

showTime($("time"));
offerLanguages();
paintIdle();
later("starting", STARTING_LASTS_MS, () => { if (document.body.dataset.state === "starting") stop(); });

const say = openLine("/kiosk/socket", {
  heard(message) {
    const received = performance.now();
    if (document.body.dataset.state === "stopped" && message.type !== "hello") becomeIdle();
    heard[message.type]?.(message, received);
  },
  silent() {
    // While the page is starting, the timer above speaks first: no flash of a notice at each reload.
    if (document.body.dataset.state !== "starting") stop();
  },
});

offerInterpreters($("interpreters"));
offerQuestions($("questions"), () => spoken);
$("interpreters").append($("questions"));

const usual = prompts();
if (usual.length > 0) {
  maySpeak(DEFAULT_LANGUAGE, usual[0]).then((may) => may || offerSound());
  warm(DEFAULT_LANGUAGE, usual);
}
