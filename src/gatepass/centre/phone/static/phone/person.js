// The code on the screen: asks for a grant when there is a network, makes codes without one. Keeps the pages for later.
import { publicKey, keep, show } from "../codes/health-code.js";

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/my/worker.js", { scope: "/my/" }).catch(() => {});

const place = document.querySelector("[data-person]");
if (place) {
  const svg = place.querySelector("svg"), trouble = place.querySelector(".trouble");
  const slot = place.dataset.person, token = place.querySelector("[name=csrfmiddlewaretoken]").value;
  const offline = place.querySelector("[data-offline]");
  const say = (code) => {
    const said = place.querySelector(`template[data-says="${code}"]`) || place.querySelector("template[data-says=no_grant]");
    trouble.textContent = said.content.textContent;
    trouble.hidden = false;
    svg.setAttribute("hidden", "");
  };
  const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

  const ask = async () => {
    const key = await publicKey(slot);
    const answer = await fetch(place.dataset.grant, {
      method: "POST",
      headers: { "content-type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ key: base64(key) }),
    });
    if (!answer.ok) return;
    const said = await answer.json();
    await keep(slot, { grant: bytes(said.grant), expires: said.expires, now: said.now });
  };

  const begin = async () => {
    try {
      await ask();
    } catch (problem) {
      if (problem.code) return say(problem.code);
      offline.hidden = false; // the centre was not reached: codes are made from what is kept
    }
    show(slot, svg, {
      onShown: () => {
        trouble.hidden = true;
        svg.removeAttribute("hidden");
      },
      onTrouble: (problem) => say(problem.code),
    });
  };
  if (place.querySelector(".word") && !place.classList.contains("none")) begin();
  addEventListener("online", () => location.reload());
  if (!navigator.onLine) offline.hidden = false;
}
