// A form that is sent while the conversation goes on: the page stays, and says what came of it.

for (const form of document.querySelectorAll("form[data-stays]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
    const answer = await response?.json().catch(() => null);
    const said = form.querySelector("[data-said]");
    said.textContent = answer?.said ?? "";
    said.className = response?.ok ? "" : "errorlist";
    if (response?.ok) form.reset();
  });
}
