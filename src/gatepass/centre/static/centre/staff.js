// Small conveniences. Every page works without this file; nothing here decides anything.
"use strict";

// Buttons that cannot be undone ask first, in the words that the page wrote into its <dialog>.
for (const opener of document.querySelectorAll("[data-opens]")) {
  const dialog = document.getElementById(opener.dataset.opens);
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  dialog.querySelector("[data-closes]").addEventListener("click", () => dialog.close());
}

// On a phone the menu is a line that scrolls: where one is stands in sight.
const here = document.querySelector(".side nav [aria-current]");
if (here) {
  const line = here.closest("nav");
  line.scrollLeft = here.getBoundingClientRect().left - line.getBoundingClientRect().left - (line.clientWidth - here.clientWidth) / 2;
}

// The filter of a table applies itself when a choice changes; text waits for Enter.
for (const choice of document.querySelectorAll("form.filter select, form.filter input[type=date]")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}

// An enrolment code counts down and says when it has ended.
for (const clock of document.querySelectorAll("[data-until]")) {
  const until = Date.parse(clock.dataset.until);
  const show = () => {
    const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds === 0) {
      clearInterval(timer);
      for (const part of document.querySelectorAll("[data-while-valid]")) part.hidden = true;
      for (const part of document.querySelectorAll("[data-when-ended]")) part.hidden = false;
    }
  };
  const timer = setInterval(show, 1000);
  show();
}

for (const button of document.querySelectorAll("[data-copies]")) {
  const text = document.getElementById(button.dataset.copies).textContent.trim();
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = button.dataset.done;
  });
}

// The foot of every printed sheet says whose it is (`@page` in staff.css cannot read the page's own words).
const printed = document.getElementById("printed");
if (printed) document.documentElement.style.setProperty("--printed", JSON.stringify(printed.textContent.trim()));

// Printing is the browser's own.
for (const button of document.querySelectorAll("[data-prints]")) button.addEventListener("click", () => print());

// A page that waits for a machine looks again by itself, unless somebody is in the middle of something.
for (const wait of document.querySelectorAll("[data-reloads]")) {
  setTimeout(() => {
    if (!document.activeElement?.closest("form.stack")) location.reload();
  }, wait.dataset.reloads * 1000);
}
