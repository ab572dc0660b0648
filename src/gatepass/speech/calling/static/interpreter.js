// The interpreter's side of one call: answers the asker's offer, and says every second that somebody is there.

import { Talk, ownStream } from "./talk.js";

const EVERY_MS = 700;
const root = document.getElementById("talk");
const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
const $ = (name) => root.querySelector(`[data-part="${name}"]`);

let after = 0;
let saying = [];
let link = null;
let act = "";
let failed = 0;

async function exchange() {
  const asked = act;
  act = "";
  const body = JSON.stringify({ act: asked, after, say: saying.splice(0, 40).map((one) => JSON.stringify(one)) });
  const headers = { "content-type": "application/json", "x-csrftoken": token };
  const response = await fetch(root.dataset.exchange, { method: "POST", headers, body, signal: AbortSignal.timeout(5000) }).catch(() => null);
  if (!response?.ok) {
    act = act || asked;
    return null;
  }
  return response.json();
}

function show(state) {
  root.dataset.state = state;
  for (const part of root.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
}

async function run() {
  const stream = await ownStream();
  $("own").srcObject = stream;
  for (;;) {
    const answer = await exchange();
    failed = answer === null ? failed + 1 : 0;
    if (failed > 4 || (answer && answer.state !== "talking")) break;
    for (const [place, body] of answer?.said ?? []) {
      after = Math.max(after, place);
      const signal = JSON.parse(body);
      if (signal.description?.type === "offer") {
        link?.close();
        link = new Talk({
          ice: JSON.parse(answer.ice || "[]"), offers: false, stream,
          send: (one) => saying.push(one),
          heard: (remote) => { $("other").srcObject = remote; $("other").play().catch(() => {}); },
          lost: () => show("broken"),
        });
      }
      link?.hear(signal);
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  link?.close();
  stream?.getTracks().forEach((track) => track.stop());
  show(failed > 4 ? "broken" : "over");
}

$("hang-up").addEventListener("click", () => { act = "end"; });
show("talking");
run();

window.callStatistics = async () => (link ? [...(await link.peer.getStats()).values()] : []);
