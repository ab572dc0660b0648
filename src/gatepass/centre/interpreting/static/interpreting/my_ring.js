// What rings for a volunteer: the page asks itself again every two seconds, while somebody looks at it.

import { look } from "./sound.js";

const EVERY_MS = 2000;
const box = document.getElementById("ringing");
const rings = () => box.querySelector("[name=call]")?.value ?? "";

async function again() {
  if (document.hidden) return;
  const answer = await fetch(location.pathname, { signal: AbortSignal.timeout(5000) }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("ringing");
  const before = rings();
  // Under somebody's finger nothing is exchanged while the same call rings.
  if (!fresh || (before && fresh.querySelector("[name=call]")?.value === before)) return;
  box.replaceChildren(...fresh.childNodes);
  look(box);
}

setInterval(again, EVERY_MS);
look(box);
