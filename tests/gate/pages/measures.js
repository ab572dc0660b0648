// What a person would see amiss, measured in the page by test_looks.py. Each function gives a list of complaints.

export function cutOff() {
  const trouble = [];
  const whole = document.documentElement;
  if (whole.scrollWidth > innerWidth) trouble.push(`the page is ${whole.scrollWidth} wide`);
  for (const element of document.querySelectorAll("h1, h2, h3, p, li, dt, dd, button, strong, time, label")) {
    if (!element.checkVisibility() || element.closest(".unseen") || !element.textContent.trim()) continue;
    const box = element.getBoundingClientRect();
    const name = element.id || element.className || element.tagName;
    if (box.left < -1 || box.right > innerWidth + 1) trouble.push(`${name} leaves the screen: ${element.textContent}`);
    const inline = getComputedStyle(element).display === "inline";
    if (!inline && element.scrollWidth > element.clientWidth + 1) {
      trouble.push(`${name} is wider than its place: ${element.textContent}`);
    }
  }
  return trouble;
}

// The kiosk does not scroll: everything stands between its head and the languages at its foot.
export function piledUp() {
  const foot = document.querySelector("nav").getBoundingClientRect().top;
  const head = document.querySelector(".place").getBoundingClientRect().bottom;
  const trouble = [];
  for (const element of document.querySelectorAll("main h1, main p, main li, main svg")) {
    if (!element.checkVisibility() || element.closest(".stopped")) continue;
    const box = element.getBoundingClientRect();
    if (box.height === 0) continue;
    const name = element.id || element.className.baseVal || element.tagName;
    if (box.bottom > foot + 1) trouble.push(`${name} runs into the foot by ${box.bottom - foot}`);
    if (box.top < head - 1) trouble.push(`${name} runs into the head by ${head - box.top}`);
  }
  if (document.documentElement.scrollHeight > innerHeight) trouble.push("the page scrolls");
  return trouble;
}

// One for each language: making one takes longer than measuring a page with it.
const segmenters = {};
function wordsOf(language) {
  return (segmenters[language] ??= new Intl.Segmenter(language, { granularity: "word" }));
}

// Letters of one word on two lines, by the boxes of each word of a text.
export function brokenWords() {
  const trouble = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!holder.checkVisibility() || holder.closest(".unseen")) continue;
    if (!node.data.trim()) continue;
    for (const { segment, index, isWordLike } of wordsOf(holder.closest("[lang]").lang).segment(node.data)) {
      if (!isWordLike) continue;
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + segment.length);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
      if (new Set(boxes.map((box) => Math.round(box.top))).size > 1) trouble.push(`${segment} in ${node.data}`);
    }
  }
  return trouble;
}

export function smallTargets() {
  return [...document.querySelectorAll("button, select, input:not([type=hidden])")]
    .filter((element) => element.checkVisibility())
    // A box is ticked by touching its label.
    .map((element) => (element.type === "checkbox" ? element.closest("label") : null) ?? element)
    .map((element) => [element.id || element.textContent.trim(), element.getBoundingClientRect()])
    .filter(([, box]) => box.height < 59.5 || box.width < 59.5)
    .map(([name, box]) => `${name}: ${box.width} × ${box.height}`);
}

/** WCAG 2.2 contrast ratio of an element's text and what lies under it. */
export function contrast(selector) {
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).map((value) => linear(Number(value) / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const element = document.querySelector(selector);
  let under = element;
  while (getComputedStyle(under).backgroundColor === "rgba(0, 0, 0, 0)") under = under.parentElement;
  const both = [light(getComputedStyle(element).color), light(getComputedStyle(under).backgroundColor)];
  return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
}

export function fontSize(selector) {
  return parseFloat(getComputedStyle(document.querySelector(selector)).fontSize);
}
