// In a service worker: shows what was pushed, and opens the page that belongs to it. The text comes from the centre, in the
// language of its reader; what is too late to be of use (a call that rings no more) says so by its time.
"use strict";
self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // A browser takes the leave away from whoever shows nothing: then at least the name stands there.
  }
  const { title = "gatepass", body = "", page = "/", tag = "news", lang = "", until = 0 } = said;
  const late = until && until < Date.now();
  event.waitUntil(self.registration.showNotification(title, {
    body, tag, lang, data: { page }, icon: "/static/phone/icons/192.png", badge: "/static/phone/icons/192.png",
    renotify: !late, silent: Boolean(late), requireInteraction: tag.startsWith("call") && !late,
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data.page, location.origin);
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const here = open.find((client) => new URL(client.url).pathname === address.pathname);
    return here ? here.focus() : self.clients.openWindow(address.href);
  })());
});
