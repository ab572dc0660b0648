// The board follows the day: sections arrive drawn, as the page's own template draws them, and take the old ones' place.
// Without this file the page is the same, and as old as its loading.

const state = document.querySelector("[data-stream]");
const sections = new Map([...document.querySelectorAll("[data-live]")].map((one) => [one.dataset.live, one]));

const say = (when) => {
  for (const word of state.querySelectorAll("[data-when]")) word.hidden = word.dataset.when !== when;
};

// On a phone the chart is wider than its place: the hour that runs is in sight.
const toTheHour = (within) => {
  for (const bar of within.querySelectorAll(".chart .now")) {
    const line = bar.closest(".chart");
    line.scrollLeft += bar.getBoundingClientRect().right - line.getBoundingClientRect().right + 24;
  }
};
toTheHour(document);

// Whoever has opened the table, or stands on a link or the table's handle, keeps it through the change.
const replace = (section, html) => {
  const open = [...section.querySelectorAll("details")].map((one) => one.open);
  const stops = (within) => [...within.querySelectorAll("a, summary")];
  const place = stops(section).indexOf(document.activeElement);
  section.innerHTML = html;
  section.querySelectorAll("details").forEach((one, number) => (one.open = open[number] ?? false));
  toTheHour(section);
  if (place >= 0) stops(section)[place]?.focus({ preventScroll: true });
};

if (state) {
  const stream = new EventSource(state.dataset.stream);
  stream.addEventListener("open", () => say("live"));
  stream.addEventListener("board", (event) => {
    for (const [name, html] of Object.entries(JSON.parse(event.data))) {
      if (sections.has(name)) replace(sections.get(name), html);
    }
  });
  // A refusal ends the stream for good (logged out, another role); anything else is tried again by the browser.
  stream.addEventListener("error", () => say(stream.readyState === EventSource.CLOSED ? "ended" : "lost"));
  // A page that is left must not hold its stream: six of them are all that HTTP/1.1 allows a browser.
  addEventListener("pagehide", () => stream.close());
}

for (const choice of document.querySelectorAll("[data-applies]")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}
