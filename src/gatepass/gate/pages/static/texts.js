// The texts that the agent embedded in the page, and the ways to put them on it.

const texts = JSON.parse(document.getElementById("texts").textContent);

export const DEFAULT_LANGUAGE = texts.language;
export const LANGUAGES = texts.languages; // [{code, name}] in the order in which a screen offers them

/** The name of a language in its own script. */
export function ownName(language) {
  return LANGUAGES.find((offered) => offered.code === language)?.name ?? language;
}

/** A known language, or the page's own: the agent may be newer than the page. */
export function known(language) {
  return LANGUAGES.some((offered) => offered.code === language) ? language : DEFAULT_LANGUAGE;
}

/** The language of the smaller line below: Chinese for everybody else, so that the guard can read along; English below Chinese. */
export function secondLanguage(language) {
  return language.startsWith("zh") ? "en" : "zh-Hans";
}

/** One of the page's own sentences, its {fields} filled in. */
export function words(key, language, fields = {}) {
  const sentence = texts.words[key]?.[language];
  return sentence === undefined ? undefined : filled(sentence, fields);
}

function filled(sentence, fields) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
}

/** {word, sentence, guard} of a reason. A code that this page does not know yet gets its outcome's plain word. */
export function reason(code, outcome, language) {
  const found = texts.reason[code]?.[language];
  if (found) return found;
  const plain = texts.outcome[outcome][language];
  return { word: plain, sentence: "", guard: plain };
}

/** {prompt, sentence, guard} of a next step; null for none, and on the kiosk for those that are not for other ears. */
export function advice(code, language) {
  const found = texts.advice[code];
  return found && code !== "none" ? { prompt: found.prompt, ...found[language] } : null;
}

/** A text of one of policy's plain tables: outcome, resolution, kind, method, notice. */
export function named(table, code, language, fields = {}) {
  return filled(texts[table]?.[code]?.[language] ?? "", fields);
}

/** The codes with which a guard may "admit" or "refuse", in the order of policy/reasons.toml. */
export function resolutions(verdict) {
  return Object.keys(texts.resolution).filter((code) => texts.resolution[code].verdict === verdict);
}

/** The codes of what somebody may feel, in the order of words.toml. */
export function symptoms() {
  return Object.keys(texts.words).filter((key) => key.startsWith("symptom.")).map((key) => key.slice("symptom.".length));
}

/** The prompts that a gate speaks most, first those of the page's own language. */
export function prompts() {
  return [...new Set(Object.values(texts.reason).map((entry) => entry.prompt))];
}

const segmenters = new Map();

/** Chinese without spaces: its words, so that a line can break between them and never inside one. */
function wordsOf(text, language) {
  if (!segmenters.has(language)) segmenters.set(language, new Intl.Segmenter(language, { granularity: "word" }));
  const found = [];
  for (const { segment, isWordLike } of segmenters.get(language).segment(text)) {
    // Punctuation stays with the word before it.
    if (isWordLike || found.length === 0) found.push(segment);
    else found[found.length - 1] += segment;
  }
  return found;
}

function withBreaks(text, language) {
  if (!language?.startsWith("zh")) return [text];
  return wordsOf(text, language).flatMap((word, place) => (place > 0 ? [document.createElement("wbr"), word] : [word]));
}

/** Puts a text into an element in its language; a line breaks between words only. */
export function put(element, text, language) {
  element.lang = language;
  element.classList.toggle("phrased", language.startsWith("zh"));
  element.replaceChildren(...withBreaks(text, language));
}

/** The same for the few sentences on a big screen: a line breaks where a reader would pause, if it has to break at all. */
export function putClauses(element, text, language) {
  put(element, "", language);
  for (const clause of text.split(/(?<=[，、。；：！？])|(?<=[.,;:!?]) /)) {
    const span = document.createElement("span");
    span.className = "clause";
    span.append(...withBreaks(clause, language));
    // Chinese and Japanese set no space after their full-width marks.
    element.append(span, /[，、。；：！？]$/.test(clause) ? "" : " ");
  }
}

/** Writes every element that names its text: data-words="key", data-notice="code", data-label="key" (for those who listen). */
export function fill(root, language) {
  for (const element of root.querySelectorAll("[data-words]")) put(element, words(element.dataset.words, language), language);
  for (const element of root.querySelectorAll("[data-notice]")) put(element, named("notice", element.dataset.notice, language), language);
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", words(element.dataset.label, language));
  }
}
