// What makes codes without a network: asked for while there is one. `place` has data-person and data-grant.
import { publicKey, keep, kept } from "../codes/health-code.js";

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const DAY_MS = 86400000;

export const askGrant = async (place) => {
  const slot = place.dataset.person, key = await publicKey(slot);
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(place.dataset.grant, {
    method: "POST",
    headers: { "content-type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ key: base64(key) }),
  });
  if (!answer.ok) return;
  const said = await answer.json();
  await keep(slot, { grant: bytes(said.grant), expires: said.expires, now: said.now });
};

/** For everybody on the first page whose grant is missing or ends within a day. */
export const keepGrants = async (places) => {
  const known = new Map((await kept()).map(({ slot, expires }) => [slot, expires]));
  for (const place of places) if ((known.get(place.dataset.person) || 0) < Date.now() + DAY_MS) await askGrant(place);
};
