// Kept on the phone as soon as it was opened: at the gate there may be no network.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/visit/worker.js", { scope: "/visit/" }).then(() => navigator.serviceWorker.ready)
    .then((registration) => registration.active?.postMessage(location.pathname)).catch(() => {});
}
