// The plan looks again every few seconds; an administrator drags a site to where it stands. Without this file the page
// is as old as its loading, and sites are placed by two numbers.

const EVERY_MS = 5000;
const plan = document.getElementById("plan");
let dragging = null; // {spot, site, moved}

async function look() {
  if (dragging || document.hidden) return;
  const answer = await fetch(plan.dataset.fetches, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected || dragging) return; // logged out, or a server that restarts: what is shown stays
  const html = await answer.text();
  const at = document.activeElement?.closest("#plan a")?.getAttribute("href");
  plan.innerHTML = html;
  if (at) plan.querySelector(`a[href="${CSS.escape(at)}"], a[href="${at}"]`)?.focus({ preventScroll: true });
}

setInterval(() => look().catch(() => {}), EVERY_MS);

for (const choice of document.querySelectorAll("[data-applies]")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}

if (plan.dataset.width) {
  const [width, height, margin] = ["width", "height", "margin"].map((name) => Number(plan.dataset[name]));
  const within = (value) => Math.round(Math.min(100, Math.max(0, value)) * 10) / 10;

  /** The pointer in percent of the plan, as the centre counts them (`plan.Spot`). */
  const place = (event) => {
    const svg = plan.querySelector("svg");
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return {
      point,
      x: within(((point.x - margin) / (width - 2 * margin)) * 100),
      y: within(((point.y - margin / 2) / (height - 1.6 * margin)) * 100),
    };
  };

  plan.addEventListener("pointerdown", (event) => {
    const spot = event.target.closest(".spot");
    if (!spot || event.button !== 0) return;
    event.preventDefault();
    dragging = { spot, moved: false };
    spot.setPointerCapture(event.pointerId);
  });
  plan.addEventListener("pointermove", (event) => {
    if (!dragging) return;
    const { point } = place(event);
    dragging.moved = true;
    dragging.spot.classList.add("moved");
    dragging.spot.setAttribute("transform", `translate(${point.x} ${point.y})`);
  });
  plan.addEventListener("pointerup", (event) => {
    if (!dragging) return;
    const { spot, moved } = dragging;
    dragging = null;
    if (!moved) return;
    const { x, y } = place(event);
    const form = document.querySelector(`form.place[data-site="${spot.dataset.site}"]`);
    form.elements.x.value = x;
    form.elements.y.value = y;
    fetch(form.action, { method: "POST", body: new FormData(form) }).then(look).catch(() => form.requestSubmit());
  });
  plan.addEventListener("pointercancel", () => {
    dragging = null;
    look().catch(() => {});
  });
  // A drag is no click.
  plan.addEventListener("click", (event) => {
    if (event.target.closest(".spot.moved")) event.preventDefault();
  });
  plan.addEventListener("dragstart", (event) => event.preventDefault());
}
