// A day, a time or a telephone number is read in one piece: browsers would break it after its hyphens.
// Without this file it may stand on two lines, and says the same.
"use strict";

{
  const pieces = /\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?::\d{2})?)?|\d{2}:\d{2}–\d{2}:\d{2}|\b0\d{2,3}-\d{3,4}[ -]?\d{4}\b/g;
  const texts = document.createTreeWalker(document.getElementById("main") ?? document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.data.search(pieces) >= 0 && !text.parentElement.closest("time, .number, svg, select, textarea, script, pre")) found.push(text);
  }
  for (const text of found) {
    // One element for the whole text: in a flexible row it stays one thing.
    const whole = document.createElement("span");
    let end = 0;
    for (const piece of text.data.matchAll(pieces)) {
      const kept = document.createElement("span");
      kept.className = "number";
      kept.textContent = piece[0];
      whole.append(text.data.slice(end, piece.index), kept);
      end = piece.index + piece[0].length;
    }
    whole.append(text.data.slice(end));
    text.replaceWith(whole);
  }
}
