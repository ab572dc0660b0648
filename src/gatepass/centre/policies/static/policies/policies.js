// The progress of a run, and the way from a finding to its line. Both pages work without this file.
"use strict";

for (const section of document.querySelectorAll("[data-run]")) {
  const look = async () => {
    const answer = await fetch(section.dataset.run, { credentials: "same-origin" }).catch(() => null);
    if (answer && answer.status === 204) { location.reload(); return; }
    if (answer && answer.ok) section.querySelector("[data-bar]").innerHTML = await answer.text();
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}

for (const button of document.querySelectorAll("[data-line]")) {
  button.addEventListener("click", () => {
    const area = document.querySelector("textarea.source");
    const lines = area.value.split("\n");
    const line = Math.min(Number(button.dataset.line), lines.length) - 1;
    const start = lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + lines[line].length);
    area.scrollTop = Math.max(0, (line - 4) * area.scrollHeight / lines.length);
  });
}
