// A visitor's page opens again without a network. The network is asked first: an invitation may have been taken back.
"use strict";
const STORE = "gatepass-visit-1", FILES = {{ files|safe }};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.add(event.data)));
});
self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  event.respondWith((async () => {
    const kept = () => caches.match(address.pathname, { ignoreVary: true });
    try {
      const answer = await fetch(request);
      if (answer.status >= 500) return (await kept()) || answer; // a centre in trouble is as none
      if (request.mode === "navigate") {
        const store = await caches.open(STORE);
        if (answer.ok) await store.put(address.pathname, answer.clone());
        else if (answer.status === 404) await store.delete(address.pathname);
      }
      return answer;
    } catch {
      return (await kept()) || Response.error();
    }
  })());
});
