// The pages as an app: the service worker, how old a kept page is, a new version, the home screen, and leaving nothing
// behind on a borrowed phone.
import { keepGrants } from "./grants.js";

const says = (name) => document.querySelector(`[data-app=${name}]`);
const { kept, } = document.documentElement.dataset, lang = document.documentElement.lang;

export const ago = (at) => {
  const minutes = Math.round((at - Date.now()) / 60000), words = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  if (minutes > -60) return words.format(minutes, "minute");
  return minutes > -2880 ? words.format(Math.round(minutes / 60), "hour") : words.format(Math.round(minutes / 1440), "day");
};

const old = says("kept");
if (old && kept) {
  const say = () => {
    old.querySelector("[data-age]").textContent = ago(Number(kept));
    old.hidden = false;
  };
  say();
  setInterval(say, 60000);
}

if ("serviceWorker" in navigator) {
  const { serviceWorker } = navigator, before = serviceWorker.controller;
  const worker = serviceWorker.register("/my/worker.js", { scope: "/my/", updateViaCache: "none" }).catch(() => null);
  serviceWorker.addEventListener("controllerchange", () => {
    // Not by itself: somebody may be filling in a form.
    if (before && says("renewed")) says("renewed").hidden = false;
  });
  says("renewed")?.querySelector("button").addEventListener("click", () => location.reload());

  // On the first page everything is fetched that must be there without a network.
  const home = document.getElementById("keep-ahead");
  if (home && !kept) {
    worker.then(() => serviceWorker.ready).then(async (ready) => {
      ready.active.postMessage({ keep: JSON.parse(home.textContent) });
      await keepGrants(document.querySelectorAll("[data-keep-grant]"));
    }).catch(() => {});
  }
}

addEventListener("beforeinstallprompt", (event) => {
  const offer = says("install");
  if (!offer) return;
  event.preventDefault();
  offer.hidden = false;
  offer.addEventListener("click", () => event.prompt(), { once: true });
});
addEventListener("appinstalled", () => says("install")?.setAttribute("hidden", ""));

// Whoever leaves takes everything along: pages, codes, and what was not sent.
export const forget = async () => {
  const registration = await navigator.serviceWorker?.getRegistration("/my/");
  await (await registration?.pushManager?.getSubscription())?.unsubscribe().catch(() => {});
  for (const name of (await self.caches?.keys()) || []) if (name.startsWith("gatepass-mine")) await caches.delete(name);
  await Promise.all(["gatepass", "gatepass-waiting"].map((name) => new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  })));
};

const leave = document.querySelector("form[data-leave]");
leave?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const waiting = self.gatepassWaiting, unsent = leave.querySelector("[data-unsent]");
  await waiting?.send().catch(() => {});
  if (unsent.hidden && ((await waiting?.all()) || []).length) {
    unsent.hidden = false; // the second press means it
    return;
  }
  await forget();
  try {
    const answer = await fetch(leave.action, { method: "POST", body: new FormData(leave), redirect: "manual" });
    if (answer.type !== "opaqueredirect") throw answer;
    location.assign(leave.dataset.next);
  } catch {
    leave.querySelector("[data-no-network]").hidden = false;
  }
});
