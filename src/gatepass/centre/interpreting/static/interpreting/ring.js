// What rings for this interpreter, as the centre says it (/live/calls).

import { look } from "./sound.js";

const box = document.getElementById("ringing");
const token = document.querySelector("main [name=csrfmiddlewaretoken]");

const live = new EventSource("/live/calls");
live.addEventListener("calls", ({ data }) => {
  box.innerHTML = JSON.parse(data);
  for (const form of box.querySelectorAll("form")) form.prepend(token.cloneNode());
  look(box);
});
look(box);
