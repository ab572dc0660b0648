// What each document gave: the gate's word and sentence in five languages, as its screen says them.

import { LANGUAGE_NAMES, gate, kindName, language, make, speakWith, texts, things, words } from "./words.js";

const LOOK_MS = 1000;
const HELD_MS = 20_000; // before a camera: two pictures must say the same
const NEXT_MS = 4600; // a visit is over, and the next thing is another one

let cards = [];
let last = {};
let walking = false;

async function ask(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, options).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.ok) return told;
  document.getElementById("said").textContent = answer ? words("failed", { detail: told?.detail ?? told?.code ?? "" }) : words("demo_gone");
  return null;
}

function sentences(answer) {
  const reason = gate.reasons[answer.reason];
  const list = make("dl", { className: "sentences" });
  for (const [code, name] of Object.entries(LANGUAGE_NAMES)) {
    list.append(
      make("dt", { textContent: name, lang: code }),
      make("dd", { lang: code }, make("b", { textContent: reason[code].word }), " ", reason[code].sentence),
    );
  }
  return list;
}

function row(id, kind, story) {
  const answer = last[id];
  const title = make("h2", {}, kindName(kind), make("span", { className: "quiet", textContent: story }));
  const box = make("section", { className: `result ${answer?.outcome || "none"}` }, title);
  if (!answer) box.append(make("p", { className: "quiet", textContent: words("answers_not_yet") }));
  else if (!answer.outcome) box.append(make("p", { textContent: words("silent") }));
  else {
    const outcome = make("p", { className: "verdict" }, make("b", { textContent: gate.outcomes[answer.outcome][language] }));
    outcome.append(" ", make("span", { className: "quiet", textContent: words("took", { n: answer.took_ms }) }));
    box.append(outcome, sentences(answer));
  }
  return box;
}

function paint() {
  document.getElementById("results").replaceChildren(
    ...cards.map((card) => row(card.id, card.kind, words(`story_${card.story}`))),
    ...things.map((thing) => row(thing.id, thing.kind, words(`carried_${thing.id}`))),
  );
  document.getElementById("all").textContent = words(walking ? "stop" : "present_all");
}

async function look() {
  const state = await ask("state.json");
  if (!state || JSON.stringify(state.last) === JSON.stringify(last)) return;
  last = state.last;
  paint();
}

async function walk() {
  walking = !walking;
  paint();
  const all = [...cards.map(({ id }) => ["lay", id]), ...things.map(({ id }) => ["present", id])];
  for (const [path, id] of all) {
    if (!walking) return;
    const name = path === "lay" ? words(`story_${id}`) : words(`carried_${id}`);
    document.getElementById("said").textContent = words("presented", { name });
    const before = last[id]?.number ?? 0;
    if (!(await ask(path, { id }))) break;
    const until = Date.now() + (things.find((thing) => thing.id === id)?.way === "held" ? HELD_MS : 0);
    do {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await look();
    } while (walking && Date.now() < until && (last[id]?.number ?? 0) <= before);
    await ask("lift", {});
    await new Promise((resolve) => setTimeout(resolve, NEXT_MS - 1500));
  }
  walking = false;
  paint();
}

document.getElementById("all").addEventListener("click", walk);
cards = (await ask("cards.json"))?.featured.filter(({ story }) => texts[`story_${story}`]) ?? [];
speakWith(() => {
  document.getElementById("said").textContent = "";
  paint();
});
await look();
setInterval(look, LOOK_MS);
