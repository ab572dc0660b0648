// Suggestions while typing. Without this file, the button beside the box asks for them.
"use strict";
const form = document.querySelector("[data-found]");
const list = document.getElementById("found");
const wait = 250;
if (form && list) {
  const box = form.querySelector("input[type=search]");
  let timer, asked = 0;
  form.querySelector(".no-script").hidden = true;

  const ask = async () => {
    const mine = ++asked;
    const answer = await fetch(`${form.dataset.found}?words=${encodeURIComponent(box.value)}`).catch(() => null);
    // An answer that was overtaken, or a log-in page: what stands there stays.
    if (mine !== asked || !answer?.ok || answer.redirected) return;
    list.innerHTML = await answer.text();
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, wait); };
  // While an input method is composing, the letters are not yet what is meant.
  box.addEventListener("input", (event) => { if (!event.isComposing) soon(); });
  box.addEventListener("compositionend", soon);
  // What was searched for in vain is what is asked.
  const words = document.querySelector("textarea[name=words]");
  box.addEventListener("change", () => { if (words && !words.value) words.value = box.value; });
}
