// What waits to be sent, as the person sees it; and the report form, which works without a network. Without this file the
// form is sent as any other.
"use strict";
(() => {
  const waiting = self.gatepassWaiting, place = document.getElementById("waiting");
  if (!waiting || !place || !self.indexedDB) return;
  const { owner } = place.dataset, list = place.querySelector("ul");
  const part = (name) => place.querySelector(`[data-part=${name}]`);
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  let state = "";

  const line = (entry) => {
    const row = part("line").content.cloneNode(true), [words, moment, why] = row.querySelectorAll("[data-said]");
    words.textContent = entry.people.map(({ name, said }) => `${name} ${said}`).join(" · ");
    moment.dateTime = new Date(entry.at).toISOString();
    moment.textContent = clock.format(entry.at);
    const actions = row.querySelector("[data-actions]");
    if (!entry.refused) return actions.remove(), row;
    why.textContent = entry.refused.said;
    why.hidden = false;
    const sure = row.querySelector("[data-sure]");
    sure.hidden = entry.refused.code !== "report_again";
    sure.addEventListener("click", async () => {
      const { refused, ...again } = entry;
      const sure_of = again.fields.filter(([name]) => name.startsWith("key-")).map(([name]) => [name.replace("key-", "confirmed-"), "yes"]);
      await waiting.put({ ...again, fields: [...again.fields, ...sure_of] });
      send();
    });
    row.querySelector("[data-again]").hidden = entry.refused.code === "report_again";
    row.querySelector("[data-again]").href = entry.refused.next;
    row.querySelector("[data-drop]").addEventListener("click", async () => {
      await waiting.drop(entry.id);
      draw();
    });
    return row;
  };

  // Where nobody has come in, only that something waits: no name and no figure.
  const draw = async () => {
    const entries = await waiting.all();
    const mine = entries.filter((entry) => owner === "" || entry.owner === owner);
    place.hidden = !mine.length;
    part("refused").hidden = !(part("waits").hidden = mine.length > 0 && mine.every((entry) => entry.refused));
    list.replaceChildren(...(owner ? mine.map(line) : []));
    part("offline").hidden = state !== "offline" || !mine.some((entry) => !entry.refused);
    part("signed_out").hidden = !(state === "signed_out" || !owner) || !mine.length;
  };
  const send = async () => {
    const answer = await waiting.send().catch(() => ({ state: "offline" }));
    if (answer.state !== "nothing") state = answer.state;
    await draw();
    return answer;
  };
  const remind = async () => {
    const worker = await navigator.serviceWorker?.ready;
    await worker?.sync?.register("reports");
  };

  const form = document.querySelector("form[data-report]");
  if (form) {
    // A page that was kept has old keys: two reports under one key would be one.
    const fresh = () => [...crypto.getRandomValues(new Uint8Array(10))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    for (const field of form.querySelectorAll("input[name^='key-']")) field.value = fresh();
    const told = ([name, value]) => /^(usual|typed|symptoms|note)-/.test(name) && value.trim() !== "";
    const ill = form.querySelectorAll("[data-ill]");
    const showIll = () => {
      for (const each of ill) each.hidden = each.disabled = false;
      for (const button of form.querySelectorAll("[data-how]")) button.hidden = button.dataset.how !== "ill";
    };
    const people = (fields) =>
      [...form.querySelectorAll("fieldset.who")].flatMap((who) => {
        const key = who.querySelector("input[name^='key-']").name.slice(4), value = (name) => (fields.find(([each]) => each === `${name}-${key}`) || ["", ""])[1];
        const tenths = value("usual"), typed = value("typed"), said = typed ? `${typed} °C` : tenths ? `${(tenths / 10).toFixed(1)} °C` : "…";
        return fields.some((field) => told(field) && field[0].endsWith(`-${key}`)) ? [{ name: who.querySelector("legend").textContent, said }] : [];
      });
    form.addEventListener("submit", async (event) => {
      if (form.dataset.plain) return;
      event.preventDefault();
      const button = event.submitter, how = button ? button.value : "well";
      if (how === "ill" && [...ill].some((each) => each.hidden)) return showIll();
      const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "how");
      form.querySelector("[data-empty]").hidden = fields.some(told);
      if (!fields.some(told)) return;
      for (const each of form.querySelectorAll("button")) each.disabled = true;
      let id;
      try {
        id = await waiting.keep({ owner, url: form.getAttribute("action") || location.pathname, fields: [...fields, ["how", how]], at: Date.now(), people: people(fields) });
      } catch {
        return plainly(button); // a browser that keeps nothing: as any other form
      }
      const answer = await send(), left = (await waiting.all()).find((entry) => entry.id === id);
      if (!left) return location.assign(answer.next || form.dataset.next);
      if (left.refused) {
        await waiting.drop(id);
        return plainly(button); // the page itself says what is wrong, beside the field
      }
      form.hidden = true;
      part("kept").hidden = false;
      place.focus();
      remind().catch(() => {});
    });
    const plainly = (button) => {
      form.dataset.plain = "yes";
      for (const each of form.querySelectorAll("button")) each.disabled = false;
      form.requestSubmit(button);
    };
  }

  navigator.serviceWorker?.addEventListener("message", ({ data }) => data === "sent" && draw());
  addEventListener("online", send);
  send();
})();
