// A page of the gate in a frame over this one: a call, or questions. A result of the gate comes before it (kiosk.css).

/** `open(src, title, mark)` and `close()`; while it is open, `document.body.dataset.calling` is the mark. */
export function frameOver() {
  const frame = document.createElement("iframe");
  frame.allow = "camera; microphone; autoplay";
  const box = document.createElement("section");
  box.className = "calling";
  box.hidden = true;
  box.append(frame);
  document.body.append(box);
  return {
    open(src, title, mark) {
      frame.title = title;
      frame.src = src;
      box.hidden = false;
      document.body.dataset.calling = mark;
      frame.focus();
    },
    close() {
      box.hidden = true;
      frame.removeAttribute("src");
      delete document.body.dataset.calling;
    },
  };
}

/** Calls `then` when the page in a frame says this word. */
export function whenFrameSays(word, then) {
  window.addEventListener("message", ({ origin, data }) => {
    if (origin === location.origin && data === word) then();
  });
}
