// Small conveniences on the pages of residents. Every page works without this file; nothing here decides anything.

const post = (address, data) =>
  fetch(address, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });

// Who may be registered already, while a name is typed. The answer to an older question is thrown away.
for (const form of document.querySelectorAll("[data-duplicates]")) {
  const shown = form.querySelector("[data-candidates]");
  const asked = ["full_name", "latin_name", "preferred_name", "birth", "nationality", "kind", "number", "issuer"];
  let question = 0;
  let timer = 0;
  let before = "";
  const ask = async () => {
    const data = new FormData();
    for (const name of [...asked, "without", "csrfmiddlewaretoken"]) data.set(name, form.elements[name]?.value ?? "");
    const now = asked.map((name) => data.get(name)).join("\n");
    if (now === before) return;
    before = now;
    const mine = ++question;
    const answer = await post(form.dataset.duplicates, data).catch(() => null);
    if (mine !== question || !answer?.ok) return;
    const html = await answer.text();
    if (mine !== question) return;
    shown.innerHTML = html;
    shown.hidden = html.trim() === "";
  };
  form.addEventListener("input", (event) => {
    if (!asked.includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, 300);
  });
}

// Rooms of the chosen site, while one is typed.
for (const form of document.querySelectorAll("[data-rooms]")) {
  const field = form.querySelector("[data-suggests=room]");
  if (!field) continue;
  const list = document.createElement("datalist");
  list.id = `${field.id}-rooms`;
  field.setAttribute("list", list.id);
  field.after(list);
  let timer = 0;
  const suggest = async () => {
    const address = new URL(form.dataset.rooms, location.href);
    if (form.elements.site) address.searchParams.set("site", form.elements.site.value);
    address.searchParams.set("words", field.value);
    const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    const { rooms } = await answer.json();
    list.replaceChildren(...rooms.map((room) => Object.assign(document.createElement("option"), { value: room })));
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, 250);
  });
  field.addEventListener("focus", suggest);
}

// The progress of a list. When the work is done the page is loaded anew and shows what came of it.
for (const section of document.querySelectorAll("[data-progress]")) {
  const bar = section.querySelector("[data-bar]");
  const look = async () => {
    const answer = await fetch(section.dataset.progress, { credentials: "same-origin" }).catch(() => null);
    if (answer?.ok) {
      const html = await answer.text();
      if (html === "") {
        location.reload();
        return;
      }
      bar.innerHTML = html;
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 700);
}

// A row of a list is mended in its place: the row comes back drawn anew, and the cursor goes to what is wrong next.
const mend = async (event) => {
  const form = event.target.closest("form[data-mends]");
  if (!form) return;
  event.preventDefault();
  const row = form.closest("[data-row]");
  row.setAttribute("aria-busy", "true");
  const answer = await post(form.action, new FormData(form, event.submitter)).catch(() => null);
  if (!answer?.ok) {
    location.reload();
    return;
  }
  const html = document.createElement("template");
  html.innerHTML = await answer.text();
  const fresh = html.content.querySelector("[data-row]");
  row.replaceWith(fresh);
  const next = fresh.querySelector("[aria-invalid], .wrong select") ?? fresh.querySelector("button, summary");
  next?.focus();
};
document.addEventListener("submit", mend);
