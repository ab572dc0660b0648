// The page of questions, in a frame of the kiosk: closed by a touch, or when nobody has touched it for a while.

const LASTS_MS = 90_000; // whoever reads touches now and then; what was typed is not for the next person

const close = () => window.parent.postMessage("questions-closed", location.origin);
let timer;

function stay() {
  clearTimeout(timer);
  timer = setTimeout(close, LASTS_MS);
}

document.getElementById("close").addEventListener("click", close);
for (const touched of ["pointerdown", "keydown", "scroll"]) document.addEventListener(touched, stay, { passive: true });
stay();
