// The service worker of the residents' pages, and of nothing else. The network is asked first: a colour is never older
// than it must be. A page that comes from what was kept says how old it is (`data-kept`, ms).
"use strict";
importScripts("{{ waiting }}", "{{ push }}");
const SHELL = "gatepass-shell-{{ version }}", MINE = "gatepass-mine-1";
const FILES = {{ files|safe }}, OFFLINE = "{{ offline }}", KEPT = {{ kept|safe }}.map((each) => new RegExp(each));
const PATIENCE_MS = 6000;

self.addEventListener("install", (event) => {
  const fresh = [...FILES, OFFLINE].map((name) => new Request(name, { cache: "reload" }));
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(fresh)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  // What is personal outlives a new version: it may come between two gates.
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELL && name !== MINE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()));
});

const isKept = (path) => KEPT.some((each) => each.test(path));
const keyOf = (address) => address.pathname + address.search;
const forget = () => caches.delete(MINE);

const keep = async (key, answer) => {
  const headers = new Headers(answer.headers), page = await answer.text();
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  headers.set("x-kept-at", String(Date.now()));
  await (await caches.open(MINE)).put(key, new Response(page, { headers }));
};
const kept = async (key) => {
  const found = await (await caches.open(MINE)).match(key, { ignoreVary: true });
  if (!found) return null;
  const page = (await found.text()).replace("<html ", `<html data-kept="${found.headers.get("x-kept-at")}" `);
  return new Response(page, { headers: found.headers });
};
const offline = async () => (await kept(OFFLINE)) || caches.match(OFFLINE, { ignoreVary: true });

const page = async (request, address) => {
  const key = keyOf(address), old = isKept(key) ? await kept(key) : null;
  try {
    // A line that is there and carries nothing is as none, where there is something to show.
    const answer = await fetch(request, old ? { signal: AbortSignal.timeout(PATIENCE_MS) } : {});
    if (answer.status >= 500 && old) return old; // a centre in trouble is as none
    if (answer.type === "opaqueredirect") {
      // Of a page that is kept, only the way to the log-in leads elsewhere: nobody is logged in any more.
      if (isKept(key)) await forget();
    } else if (address.pathname === "/my/enter/" && answer.ok) await forget();
    else if (answer.status === 404) await (await caches.open(MINE)).delete(key, { ignoreVary: true });
    else if (isKept(key) && answer.ok && !answer.redirected) await keep(key, answer.clone());
    return answer;
  } catch {
    return old || offline();
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.method === "POST" && address.pathname === "/my/leave/") event.waitUntil(forget());
  if (request.method !== "GET") return;
  if (FILES.includes(address.pathname)) event.respondWith(caches.match(address.pathname, { ignoreVary: true }).then((file) => file || fetch(request)));
  else if (request.mode === "navigate") event.respondWith(page(request, address));
});

self.addEventListener("message", (event) => {
  const { keep: paths = [] } = event.data || {};
  event.waitUntil(Promise.all(paths.filter(isKept).map(async (path) => {
    const answer = await fetch(path, { redirect: "manual", headers: { "x-kept-ahead": "1" } });
    if (answer.ok) await keep(path, answer);
  })).catch(() => {}));
});

// Sent when the network is back, also when no page is open. Where a browser cannot do that, the next page does.
self.addEventListener("sync", (event) => {
  if (event.tag !== "reports") return;
  event.waitUntil(self.gatepassWaiting.send().then(async ({ state }) => {
    for (const client of await self.clients.matchAll()) client.postMessage("sent");
    if (state === "offline") throw new Error("again"); // the browser tries later
  }));
});
