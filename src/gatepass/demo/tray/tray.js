// The hands of whoever tries the demo: lays cards on the reader, pulls cables, and shows what is plugged in.

const LIES_MS = 1500; // long enough to be read, short enough for the next person
const EMPTY_MS = 450; // a reader must have seen the empty plate before it looks for the next card
const LOOK_MS = 1000;
const FAULTS = ["pulled_mid_read", "stray_bytes", "wrong_check", "wrong_length", "silence", "garbage"];
const COLOURS = ["", "green", "yellow", "red", "none"];
const LANGUAGE_NAMES = { "zh-Hans": "简体中文", "zh-Hant": "繁體中文", en: "English", ko: "한국어", ja: "日本語" };

const $ = (id) => document.getElementById(id);
const texts = await (await fetch("words.json")).json();

let language = localStorage.getItem("gatepass.tray.language") in LANGUAGE_NAMES ? localStorage.getItem("gatepass.tray.language") : "zh-Hans";
let state = { card: null, network: true, gate: true, reader: true, links: {} };
let shown = { featured: [], items: [], total: 0, page: 1, pages: 1 };
// Filters live in the address, so that they survive a reload.
const wanted = new URLSearchParams(location.hash.slice(1));
const known = new Map();
let lifting = 0;
let busy = Promise.resolve(); // one hand: orders follow one another

function words(key, fields = {}) {
  return texts[key][language].replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

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

function paintCards() {
  $("featured").replaceChildren(...shown.featured.map((card, place) => cardButton(card, place < 9 ? String(place + 1) : "")));
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
    await order("lay", { id });
    $("said").textContent = words("laid", { name: known.get(id)?.name ?? id });
    if (!$("stay").checked) lifting = setTimeout(lift, LIES_MS);
  });
}

function lift() {
  clearTimeout(lifting);
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
}

function paintState() {
  for (const button of document.querySelectorAll(".card[data-id]")) button.setAttribute("aria-pressed", String(button.dataset.id === state.card));
  const card = state.card === null ? null : known.get(state.card);
  $("plate").classList.toggle("laid", state.card !== null);
  $("plate").replaceChildren(
    card ? make("div", { className: "card" }, ...face(card, "")) : make("p", { className: "quiet", textContent: words("plate_empty") }),
  );
  $("lift").disabled = state.card === null;
  $("switches").replaceChildren(
    switchRow("network", state.network, () => order("network", { up: !state.network })),
    switchRow("plug", state.reader, () => order("fault", { name: state.reader ? "vanish" : "come_back" })),
    switchRow("gate", state.gate, () => order("gate", { verb: state.gate ? "kill" : "start" })),
  );
  $("links").replaceChildren(
    ...["kiosk", "desk", "board"].filter((name) => state.links[name]).map((name) => make("a", { href: state.links[name], target: `gatepass-${name}`, textContent: words(`link_${name}`) })),
  );
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
  document.documentElement.lang = language;
  document.title = `gatepass · ${words("title")}`;
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = words(element.dataset.words);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", words(element.dataset.label));
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

for (const [code, name] of Object.entries(LANGUAGE_NAMES)) {
  const option = new Option(name, code);
  option.lang = code;
  $("language").append(option);
}
$("language").value = language;
$("language").addEventListener("change", () => {
  language = $("language").value;
  localStorage.setItem("gatepass.tray.language", language);
  speak();
});
$("query").value = wanted.get("q") ?? "";

speak();
await fetchCards();
await look();
paintState();
setInterval(look, LOOK_MS);
