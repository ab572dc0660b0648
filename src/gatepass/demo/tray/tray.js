// The hands of whoever tries the demo: lays cards, shows pages and codes, pulls cables, and lists what the gate said.

import { gate, kindName, language, make, speakWith, texts, things, words } from "./words.js";

const LIES_MS = 1500; // long enough to be read, short enough for the next person
const HELD_MS = 20_000; // before a camera, until it is answered: two pictures must say the same
const EMPTY_MS = 450; // a reader must have seen the empty plate before it looks for the next card
const LOOK_MS = 1000;
const FAULTS = ["pulled_mid_read", "stray_bytes", "wrong_check", "wrong_length", "silence", "garbage"];
const COLOURS = ["", "green", "yellow", "red", "none"];
const GROUPS = ["chinese", "foreigner", "neighbour", "passport", "code", "nothing"];
const SIGNS = {
  page: "M8 6h36v52H8zM14 14h10v12H14zM28 15h10M28 21h10M14 44h24M14 50h24",
  code: "M10 14h12v12H10zM30 14h12v12H30zM10 34h12v12H10zM30 34h5v5h-5zM38 42h4v4h-4zM30 44h4",
  held: "M6 18h10l5-7h12l5 7h8v28H6zM26 23a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17z",
  chip: "M6 18h40v28H6zM14 26h9v7h-9zM34 26c3 3 3 9 0 12M38 23c5 5 5 13 0 18",
  typed: "M8 12h36v40H8zM15 20h5M24 20h5M33 20h5M15 30h5M24 30h5M33 30h5M15 40h5M24 40h5M33 40h5",
};

const $ = (id) => document.getElementById(id);

let state = { card: null, network: true, gate: true, reader: true, links: {}, answers: [] };
let shown = { featured: [], items: [], total: 0, page: 1, pages: 1 };
// Filters live in the address, so that they survive a reload.
const wanted = new URLSearchParams(location.hash.slice(1));
const known = new Map();
let lifting = 0;
let holding = null; // what is held before the camera, and the answer before its own
let busy = Promise.resolve(); // one hand: orders follow one another

// --- cards ---

function face(card, key) {
  const colour = card.registered === false ? "unregistered" : (card.colour ?? "none");
  const code = make("span", { className: "code" }, make("span", { className: `dot ${colour}` }), words(`colour_${colour}`));
  const more = make("span", { className: "more" });
  if (card.story) more.append(make("b", { textContent: texts[`story_${card.story}`] ? words(`story_${card.story}`) : card.story }));
  else more.append(make("span", { className: "home", lang: "zh-Hans", textContent: card.household.replace(/^.*街道/, "") }), make("br"));
  more.append(code);
  const photo = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  photo.setAttribute("viewBox", "0 0 52 64");
  photo.setAttribute("class", "photo");
  photo.setAttribute("aria-hidden", "true");
  const person = document.createElementNS("http://www.w3.org/2000/svg", "path");
  person.setAttribute("d", "M26 14a10 10 0 1 0 0 20 10 10 0 0 0 0-20zM6 64c0-32 40-32 40 0z");
  photo.append(person);
  const parts = [
    make("span", { className: "name", lang: "zh-Hans", textContent: card.name }),
    make("span", { className: "number", textContent: card.number_masked }),
    more,
    photo,
  ];
  if (key) parts.push(make("kbd", { textContent: key }));
  return parts;
}

function cardButton(card, key) {
  known.set(card.id, card);
  const button = make("button", { type: "button", className: "card" }, ...face(card, key));
  button.dataset.id = card.id;
  button.setAttribute("aria-pressed", String(card.id === state.card));
  button.addEventListener("click", () => lay(card.id));
  return button;
}

function sign(way) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawn.setAttribute("viewBox", "0 0 52 64");
  drawn.setAttribute("class", "photo sign");
  drawn.setAttribute("aria-hidden", "true");
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "path");
  lines.setAttribute("d", SIGNS[way]);
  drawn.append(lines);
  return drawn;
}

function thingFace(thing) {
  return [
    make("span", { className: "name kind", textContent: kindName(thing.kind) }),
    make("span", { className: "number", textContent: words(`way_${thing.way}`) }),
    make("span", { className: "more" }, make("b", { textContent: words(`carried_${thing.id}`) })),
    sign(thing.way),
  ];
}

function thingButton(thing) {
  known.set(thing.id, { ...thing, name: words(`carried_${thing.id}`) });
  const button = make("button", { type: "button", className: `card thing ${thing.way}` }, ...thingFace(thing));
  button.dataset.id = thing.id;
  button.setAttribute("aria-pressed", String(thing.id === state.card));
  button.addEventListener("click", () => lay(thing.id));
  return button;
}

function groupOf(name) {
  const cards = shown.featured
    .map((card, place) => ({ card, key: place < 9 ? String(place + 1) : "" }))
    .filter(({ card }) => card.group === name)
    .map(({ card, key }) => cardButton(card, key));
  const others = things.filter(({ group }) => group === name).map(thingButton);
  return make(
    "section",
    { className: "group" },
    make("h3", { textContent: words(`group_${name}`) }),
    make("div", { className: "cards" }, ...cards, ...others),
  );
}

function paintCards() {
  $("featured").replaceChildren(...GROUPS.map(groupOf));
  // Unless somebody searches, whoever lies above already is not shown a second time.
  const above = wanted.get("q") || wanted.get("colour") ? new Set() : new Set(shown.featured.map(({ id }) => id));
  $("everybody").replaceChildren(...shown.items.filter(({ id }) => !above.has(id)).map((card) => cardButton(card, "")));
  $("nobody").hidden = shown.items.length > 0;
  $("total").textContent = words("total", { n: new Intl.NumberFormat(language).format(shown.total) });
  $("place").textContent = `${shown.page} / ${shown.pages}`;
  $("before").disabled = shown.page <= 1;
  $("after").disabled = shown.page >= shown.pages;
}

let asked = 0;
async function fetchCards() {
  const mine = ++asked;
  const query = new URLSearchParams({ q: wanted.get("q") ?? "", colour: wanted.get("colour") ?? "", page: wanted.get("page") ?? "1" });
  const answer = await fetch(`cards.json?${query}`).then((reply) => reply.json()).catch(() => null);
  if (!answer || mine !== asked) return;
  const page = Number(answer.page ?? wanted.get("page") ?? 1);
  shown = { ...answer, page, pages: answer.pages ?? Math.max(1, Math.ceil(answer.total / Math.max(1, answer.items.length))) };
  paintCards();
}

function want(changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (value) wanted.set(name, value);
    else wanted.delete(name);
  }
  history.replaceState(null, "", `#${wanted}`);
  paintColours();
  fetchCards();
}

// --- orders ---

async function order(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }).catch(() => null);
  if (answer?.ok) return look();
  const problem = await answer?.json().catch(() => null);
  $("said").textContent = words("failed", { detail: problem?.detail ?? problem?.code ?? "" });
  throw new Error(path);
}

function inTurn(work) {
  busy = busy.then(work).catch(() => {});
  return busy;
}

function lay(id) {
  clearTimeout(lifting);
  return inTurn(async () => {
    if (state.card !== null) {
      await order("lift", {});
      await new Promise((resolve) => setTimeout(resolve, EMPTY_MS));
    }
    const thing = things.find((each) => each.id === id);
    const before = state.answers[0]?.number ?? 0;
    await order(thing ? "present" : "lay", { id });
    $("said").textContent = words(thing ? "presented" : "laid", { name: known.get(id)?.name ?? id });
    const lies = thing ? { chip: LIES_MS, held: HELD_MS }[thing.way] : LIES_MS;
    holding = thing?.way === "held" && !$("stay").checked ? { id, before } : null;
    if (!$("stay").checked && lies) lifting = setTimeout(lift, lies);
    // Its answer is there sooner than the next regular look.
    setTimeout(look, 350);
  });
}

function lift() {
  clearTimeout(lifting);
  holding = null;
  return inTurn(() => order("lift", {}));
}

// --- what is plugged in ---

async function look() {
  const answer = await fetch("state.json").then((reply) => reply.json()).catch(() => null);
  if (!answer) {
    $("said").textContent = words("demo_gone");
    return;
  }
  const before = JSON.stringify(state);
  state = answer;
  if (JSON.stringify(state) !== before) paintState();
  if (holding && state.answers.some(({ key, number }) => key === holding.id && number > holding.before)) {
    holding = null;
    clearTimeout(lifting);
    lifting = setTimeout(lift, LIES_MS);
  }
}

function paintState() {
  for (const button of document.querySelectorAll(".card[data-id]")) button.setAttribute("aria-pressed", String(button.dataset.id === state.card));
  const card = state.card === null ? null : known.get(state.card);
  $("plate").classList.toggle("laid", state.card !== null);
  $("plate").replaceChildren(
    card ? make("div", { className: "card" }, ...(card.way ? thingFace(card) : face(card, ""))) : make("p", { className: "quiet", textContent: words("plate_empty") }),
  );
  $("lift").disabled = state.card === null;
  $("answers").replaceChildren(...state.answers.map(answerRow));
  $("answers-empty").hidden = state.answers.length > 0;
  $("switches").replaceChildren(
    switchRow("network", state.network, () => order("network", { up: !state.network })),
    switchRow("plug", state.reader, () => order("fault", { name: state.reader ? "vanish" : "come_back" })),
    switchRow("gate", state.gate, () => order("gate", { verb: state.gate ? "kill" : "start" })),
  );
  $("links").replaceChildren(
    ...["kiosk", "desk", "board"].filter((name) => state.links[name]).map((name) => make("a", { href: state.links[name], target: `gatepass-${name}`, textContent: words(`link_${name}`) })),
  );
}

function answerRow(answer) {
  const card = known.get(answer.key);
  const row = make("li", { className: answer.outcome || "none" });
  const told = card?.way ? `${kindName(card.kind)} · ${card.name}` : (card?.name ?? answer.key);
  row.append(make("span", { className: "who", textContent: told }));
  if (!answer.outcome) row.append(make("span", { textContent: words("silent") }));
  else {
    const { word, sentence } = gate.reasons[answer.reason][language];
    row.append(make("b", { textContent: word }), make("span", { textContent: sentence }));
    row.append(make("span", { className: "quiet", textContent: answer.again ? words("again") : words("took", { n: answer.took_ms }) }));
  }
  return row;
}

function switchRow(name, up, flip) {
  const button = make("button", { type: "button", textContent: words(`${name}_${up ? "take" : "give"}`) });
  button.addEventListener("click", () => {
    button.disabled = true;
    inTurn(flip).then(() => { button.disabled = false; });
  });
  return make("li", { className: up ? "up" : "down" }, make("span", { className: "state", textContent: words(`${name}_${up ? "up" : "down"}`) }), button);
}

function paintColours() {
  $("colours").replaceChildren(...COLOURS.map((colour) => {
    const button = make("button", { type: "button", textContent: words(colour ? `colour_${colour}` : "colour_all") });
    button.setAttribute("aria-pressed", String((wanted.get("colour") ?? "") === colour));
    button.addEventListener("click", () => want({ colour, page: "" }));
    return button;
  }));
}

// --- keys: 1-9, arrows, Enter (the button's own), Escape ---

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function neighbour(from, [right, down]) {
  const here = from.getBoundingClientRect();
  const others = [...document.querySelectorAll("main .card")].map((button) => ({ button, box: button.getBoundingClientRect() }));
  const ahead = others
    .map(({ button, box }) => ({ button, x: box.left - here.left, y: box.top - here.top }))
    .filter(({ x, y }) => (right ? x * right > 5 && Math.abs(y) < 5 : y * down > 5));
  ahead.sort((one, other) => (right ? Math.abs(one.x) - Math.abs(other.x) : Math.abs(one.y) - Math.abs(other.y) || Math.abs(one.x) - Math.abs(other.x)));
  return ahead[0]?.button;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
  if (event.key === "Escape") return void lift();
  const featured = shown.featured[Number(event.key) - 1];
  if (featured) return void lay(featured.id);
  if (event.key in STEPS) {
    const present = document.activeElement.closest?.("main .card");
    const next = present ? neighbour(present, STEPS[event.key]) : document.querySelector("main .card");
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }
});

$("lift").addEventListener("click", lift);
$("query").addEventListener("input", () => want({ q: $("query").value.trim(), page: "" }));
$("search").addEventListener("submit", (event) => event.preventDefault());
$("before").addEventListener("click", () => want({ page: String(shown.page - 1) }));
$("after").addEventListener("click", () => want({ page: String(shown.page + 1) }));

// --- words ---

function speak() {
  $("query").placeholder = words("search");
  $("faults").replaceChildren(...FAULTS.map((name) => {
    const button = make("button", { type: "button", textContent: words(`fault_${name}`) });
    button.addEventListener("click", () => inTurn(async () => {
      await order("fault", { name });
      $("said").textContent = words("fault_next", { fault: words(`fault_${name}`) });
    }));
    return button;
  }));
  paintColours();
  paintCards();
  paintState();
}

$("query").value = wanted.get("q") ?? "";
speakWith(speak);
await fetchCards();
await look();
paintState();
setInterval(look, LOOK_MS);
