// The tray's words and the gate's own, in the language that was chosen; both pages of the demo speak with them.

export const LANGUAGE_NAMES = { "zh-Hans": "简体中文", "zh-Hant": "繁體中文", en: "English", ko: "한국어", ja: "日本語" };
const KEPT = "gatepass.tray.language";

export const texts = await (await fetch("words.json")).json();
export const { things, words: gate } = await (await fetch("things.json")).json();
export let language = localStorage.getItem(KEPT) in LANGUAGE_NAMES ? localStorage.getItem(KEPT) : "zh-Hans";

export function words(key, fields = {}) {
  return texts[key][language].replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
}

export function kindName(kind) {
  return kind === "code" ? words("kind_code") : gate.kinds[kind][language];
}

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// Fills whatever asks for words, and the list of languages; `speak` is called now and at every change.
export function speakWith(speak) {
  const select = document.getElementById("language");
  for (const [code, name] of Object.entries(LANGUAGE_NAMES)) {
    const option = new Option(name, code);
    option.lang = code;
    select.append(option);
  }
  select.value = language;
  const all = () => {
    document.documentElement.lang = language;
    document.title = `gatepass · ${words(document.querySelector("h1").dataset.words)}`;
    for (const element of document.querySelectorAll("[data-words]")) element.textContent = words(element.dataset.words);
    for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", words(element.dataset.label));
    speak();
  };
  select.addEventListener("change", () => {
    language = select.value;
    localStorage.setItem(KEPT, language);
    all();
  });
  all();
}
