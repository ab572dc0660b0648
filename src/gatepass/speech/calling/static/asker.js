// The page of whoever wants an interpreter: rings, waits, talks; shows the telephone line and the phrase card.
// The page names its exchange: data-exchange (where to ask), data-desk, and the number that is known without a network.

import { Talk, ownStream } from "./talk.js";

const EVERY_MS = 700;
const OFFLINE_AFTER = 3; // questions in a row without an answer; the first one of a call shows the line at once

const root = document.getElementById("call");
const texts = JSON.parse(document.getElementById("texts").textContent);
const $ = (name) => root.querySelector(`[data-part="${name}"]`);
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;

let call = 0;
let after = 0;
let saying = [];
let talk = null; // { id, link }
let stream; // undefined until asked for
let failed = 0;
let act = "ask";
let number = root.dataset.line ?? "";
let voice = null;
let spoken = "";

function say(key, fields = {}) {
  return texts.words[key].replace(/\{(\w+)\}/g, (_whole, name) => fields[name] ?? "");
}

/** Spoken once for each sentence; a page without prompts is silent. */
function speak(prompt) {
  if (!root.dataset.voice || spoken === prompt) return;
  spoken = prompt;
  voice?.pause();
  voice = new Audio(`${root.dataset.voice}${texts.language}/${prompt}.opus`);
  voice.play().catch(() => {});
}

function show(state, { place = 0, name = "" } = {}) {
  root.dataset.state = state;
  $("state").textContent = say(state === "offline" ? "offline" : state, { place, name });
  const alone = ["line", "card", "offline", "ended"].includes(state);
  const silentLine = state === "card" || state === "ended";
  if (silentLine && number) $("state").textContent = say(state === "ended" ? "ended" : "line");
  $("line").hidden = !(alone && number && state !== "ended");
  $("number").textContent = number;
  $("number").href = `tel:${number.replace(/[^\d+]/g, "")}`;
  $("card").hidden = !["line", "card", "offline"].includes(state);
  $("again").hidden = !["card", "ended", "offline", "line"].includes(state);
  $("end").hidden = state === "ended";
  $("pictures").hidden = state !== "talking";
  if (state === "card" && !number) $("state").textContent = say("card");
  const prompts = { ringing: "call_ringing", waiting: place > 0 && place < 4 ? `call_waiting_${place}` : "", line: "call_line", offline: number ? "call_line" : "" };
  if (prompts[state]) speak(prompts[state]);
  else voice?.pause();
}

async function exchange() {
  const question = { act, call, language: texts.language, desk: root.dataset.desk === "yes", after, say: saying.splice(0, 40).map((one) => JSON.stringify(one)) };
  const headers = { "content-type": "application/json" };
  if (token) headers["x-csrftoken"] = token;
  const asked = act;
  act = "";
  const response = await fetch(root.dataset.exchange, { method: "POST", headers, body: JSON.stringify(question), signal: AbortSignal.timeout(5000) }).catch(() => null);
  if (!response || response.status >= 500) {
    act = act || asked;
    return null;
  }
  return response.ok ? response.json() : { state: "ended" };
}

async function begin(answer) {
  talk?.link.close();
  const mine = { id: answer.talk, link: null };
  talk = mine;
  if (stream === undefined) stream = await ownStream();
  $("no-camera").hidden = stream !== null;
  $("own").srcObject = stream;
  mine.link = new Talk({
    ice: JSON.parse(answer.ice || "[]"),
    offers: true,
    stream,
    send: (signal) => saying.push(signal),
    heard: (remote) => { $("other").srcObject = remote; $("other").play().catch(() => {}); },
    lost: () => { if (talk === mine) act = "lost"; },
  });
}

function stop() {
  talk?.link?.close();
  talk = null;
  saying = [];
}

async function step() {
  const answer = await exchange();
  if (answer === null) {
    failed += 1;
    if (failed >= OFFLINE_AFTER || !call) {
      stop();
      show("offline");
    }
    return;
  }
  failed = 0;
  call = answer.call || call;
  number = answer.lines?.[texts.language] ?? number;
  if (answer.state === "talking") {
    if (talk?.id !== answer.talk) {
      after = 0;
      await begin(answer);
    }
    for (const [place, body] of answer.said) {
      after = Math.max(after, place);
      talk.link.hear(JSON.parse(body));
    }
  } else if (talk) {
    stop();
  }
  show(answer.state, { place: answer.position, name: answer.name });
}

async function run() {
  for (;;) {
    await step();
    if (root.dataset.state === "ended") {
      stop();
      stream?.getTracks().forEach((track) => track.stop());
      stream = undefined;
      window.parent.postMessage("call-ended", location.origin);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, failed ? 1500 : EVERY_MS));
  }
}

$("end").addEventListener("click", () => {
  if (call && failed === 0) act = "end";
  else show("ended");
});
$("again").addEventListener("click", () => location.reload());
$("card-list").replaceChildren(...texts.phrases.map(({ who, said, beside }) => {
  const item = document.createElement("li");
  item.dataset.who = who;
  const first = document.createElement("strong");
  [first.lang, first.textContent] = [texts.language, said];
  const second = document.createElement("span");
  [second.lang, second.textContent] = [texts.beside, beside];
  item.append(first, second);
  return item;
}));
show("ringing");
run();

// For whoever looks whether a talk goes both ways; it shows nothing of what is said.
window.callStatistics = async () => (talk?.link ? [...(await talk.link.peer.getStats()).values()] : []);
