// Pages that were opened once open again without a network. The network is asked first: a colour is never older than it must be.
"use strict";
const STORE = "gatepass-my-1", FILES = {{ files|safe }}, OFFLINE = "{{ offline }}";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.addAll([...FILES, OFFLINE])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()));
});

// Kept: the list, and each person's own page. Forms are not: a form that cannot be sent helps nobody.
const isKept = (path) => path === "/my/" || /^\/my\/people\/\d+\/$/.test(path);

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (FILES.includes(address.pathname)) {
    event.respondWith(caches.match(request, { ignoreSearch: true }).then((kept) => {
      const fresh = fetch(request).then((answer) => {
        if (answer.ok) caches.open(STORE).then((store) => store.put(address.pathname, answer.clone()));
        return answer;
      });
      return kept || fresh;
    }));
    return;
  }
  if (request.mode !== "navigate") return;
  event.respondWith((async () => {
    try {
      const answer = await fetch(request);
      const store = await caches.open(STORE);
      if (isKept(address.pathname) && answer.ok && !answer.redirected) await store.put(address.pathname, answer.clone());
      // Logged out, or no longer entrusted: what was kept of it goes.
      if (answer.status === 404 || (answer.type === "opaqueredirect" && isKept(address.pathname))) await store.delete(address.pathname);
      return answer;
    } catch {
      return (await caches.match(address.pathname)) || (await caches.match(OFFLINE));
    }
  })());
});
