// One button for each language: a touch opens the page of the call in a frame over this one, and rings whoever is on duty.

import { frameOver, whenFrameSays } from "./frames.js";

const CLOSES_MS = 2500; // so long the page says that the call has ended

/**
 *   place   the element for the buttons, with data-interpreters: [{code, name, title}] as JSON
 *   desk    whether a guard asks
 */
export function offerInterpreters(place, { desk = false } = {}) {
  const frame = frameOver();
  for (const { code, name, title } of JSON.parse(place.dataset.interpreters)) {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = code;
    button.dataset.language = code;
    const first = document.createElement("strong");
    first.textContent = name;
    const second = document.createElement("span");
    second.textContent = title;
    button.append(first, second);
    button.addEventListener("click", () => {
      frame.open(`/interpreter?language=${code}${desk ? "&desk=yes" : ""}`, `${name} ${title}`, code);
    });
    place.append(button);
  }
  whenFrameSays("call-ended", () => setTimeout(frame.close, CLOSES_MS));
}

/** A touch opens the page of questions, in the language that the screen has now. */
export function offerQuestions(button, language) {
  const frame = frameOver();
  button.addEventListener("click", () => {
    frame.open(`/questions?language=${language()}`, button.textContent.trim(), "questions");
  });
  whenFrameSays("questions-closed", frame.close);
  whenFrameSays("call-ended", () => setTimeout(frame.close, CLOSES_MS)); // whoever asked for a person from there
}
