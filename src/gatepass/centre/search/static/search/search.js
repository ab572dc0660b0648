// The box in the header: "/" leads to it, arrows choose, Enter opens, Escape closes. Without this file, Enter posts it.
"use strict";
for (const form of document.querySelectorAll("[data-finder]")) {
  const box = form.querySelector("input[type=search]");
  const list = form.querySelector(".hits");
  const wait = 200;
  let timer, asked = 0, at = -1;
  const options = () => [...list.querySelectorAll("[role=option]")];
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-autocomplete", "list");
  list.setAttribute("aria-label", box.labels[0].textContent);

  const close = () => {
    list.hidden = true;
    at = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  close();
  const choose = (to) => {
    const all = options();
    if (!all.length) return;
    at = (to + all.length) % all.length;
    for (const [place, option] of all.entries()) {
      option.id = `${list.id}-${place}`;
      option.setAttribute("aria-selected", String(place === at));
    }
    box.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    const mine = ++asked;
    if (!box.value.trim()) return close();
    const answer = await fetch(form.dataset.finder, { method: "POST", body: new FormData(form) });
    // An answer that was overtaken, a log-in page, or a box that was left meanwhile.
    if (mine !== asked || answer.redirected || document.activeElement !== box) return;
    list.innerHTML = await answer.text();
    list.hidden = false;
    // What has no options is a sentence, and no list of choices.
    if (options().length) list.setAttribute("role", "listbox");
    else list.setAttribute("role", "status");
    at = -1;
    box.setAttribute("aria-expanded", "true");
    box.removeAttribute("aria-activedescendant");
  };
  box.addEventListener("input", (event) => {
    clearTimeout(timer);
    // While an input method is composing, the letters are not yet what is meant.
    if (!event.isComposing) timer = setTimeout(ask, wait);
  });
  box.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, wait); });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      // With the list open, what was typed stays; once more, and the box is left.
      if (list.hidden) box.blur();
      else event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      choose(at < 0 && event.key === "ArrowUp" ? -1 : at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      options()[at].click();
    }
  });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  // A click on an option must come before the box loses its focus.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}
