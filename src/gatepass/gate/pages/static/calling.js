// One button for each language: a touch opens the page of the call in a frame over this one, and rings whoever is on duty.
// A result of the gate comes before it: then the frame lies small in a corner (kiosk.css).

const CLOSES_MS = 2500; // so long the page says that the call has ended

/**
 *   place   the element for the buttons, with data-interpreters: [{code, name, title}] as JSON
 *   desk    whether a guard asks
 */
export function offerInterpreters(place, { desk = false } = {}) {
  const frame = document.createElement("iframe");
  frame.allow = "camera; microphone; autoplay";
  const box = document.createElement("section");
  box.className = "calling";
  box.hidden = true;
  box.append(frame);
  document.body.append(box);

  function close() {
    box.hidden = true;
    frame.removeAttribute("src");
    delete document.body.dataset.calling;
  }

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
      frame.title = `${name} ${title}`;
      frame.src = `/interpreter?language=${code}${desk ? "&desk=yes" : ""}`;
      box.hidden = false;
      document.body.dataset.calling = code;
      frame.focus();
    });
    place.append(button);
  }

  window.addEventListener("message", ({ origin, data }) => {
    if (origin === location.origin && data === "call-ended") setTimeout(close, CLOSES_MS);
  });
}
