// The code on the screen: asks for a grant when there is a network, makes codes without one, and says until when it can.
import { kept, show } from "../codes/health-code.js";
import { askGrant } from "./grants.js";

const place = document.querySelector("[data-person][data-code]");
if (place) {
  const svg = place.querySelector("svg"), trouble = place.querySelector(".trouble");
  const slot = place.dataset.person;
  const offline = place.querySelector("[data-offline]"), until = place.querySelector("[data-until]");
  const say = (code) => {
    const said = place.querySelector(`template[data-says="${code}"]`) || place.querySelector("template[data-says=no_grant]");
    trouble.textContent = said.content.textContent;
    trouble.hidden = false;
    svg.setAttribute("hidden", "");
  };
  const without = async () => {
    offline.hidden = false; // the centre was not reached: codes are made from what is kept
    const mine = (await kept().catch(() => [])).find((each) => each.slot === slot);
    if (!mine) return;
    const end = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    until.querySelector("time").textContent = end.format(mine.expires);
    until.hidden = false;
  };

  const begin = async () => {
    try {
      await askGrant(place);
    } catch (problem) {
      if (problem.code) return say(problem.code);
      await without();
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
}
