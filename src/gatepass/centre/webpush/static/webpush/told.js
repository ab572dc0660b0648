// The button "tell me on this device": leave of the browser, a subscription under the town's key, and its word to the centre.
"use strict";
(() => {
  const place = document.querySelector("[data-told]");
  if (!place) return;
  const button = place.querySelector("button"), says = (name) => (place.querySelector(`[data-says=${name}]`).hidden = false);
  const able = "serviceWorker" in navigator && "PushManager" in self && "Notification" in self;
  if (!able) return says("unable");
  if (Notification.permission === "denied") return says("denied");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const ready = async () => {
    const { worker, scope } = place.dataset, registered = await navigator.serviceWorker.register(worker, { scope });
    for (let tries = 0; !registered.active && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
    return registered;
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    if ((await Notification.requestPermission()) !== "granted") return says("denied");
    try {
      const registered = await ready(), wishes = { userVisibleOnly: true, applicationServerKey: bytes(place.dataset.key) };
      const old = await registered.pushManager.getSubscription();
      const made = old || (await registered.pushManager.subscribe(wishes));
      const answer = await fetch(place.dataset.subscribe, {
        method: "POST",
        headers: { "content-type": "application/json", "X-CSRFToken": place.querySelector("[name=csrfmiddlewaretoken]").value },
        body: JSON.stringify(made),
      });
      if (answer.ok) return location.reload();
      const refused = place.querySelector("[data-says=refused]");
      refused.textContent = (await answer.json()).detail;
      says("refused");
    } catch {
      says("failed");
    }
    button.disabled = false;
  });
})();
