// Reports that wait for a network, in the browser's own database: kept before they are sent, dropped when the centre has
// them. The page and the service worker both load this file. Each report carries its own key: sent twice, it is one.
// An entry: {id, owner, url, fields: [[name, value]], at (ms, this phone's clock), people: [{name, said}], refused?: {code, said, next}}
"use strict";
self.gatepassWaiting = (() => {
  const PATIENCE_MS = 20000;
  const asked = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const store = async (mode, ask) => {
    const opening = indexedDB.open("gatepass-waiting", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("reports", { keyPath: "id", autoIncrement: true });
    const database = await asked(opening);
    try {
      return await asked(ask(database.transaction("reports", mode).objectStore("reports")));
    } finally {
      database.close();
    }
  };
  const all = () => store("readonly", (reports) => reports.getAll()).catch(() => []);
  const keep = (entry) => store("readwrite", (reports) => reports.add(entry));
  const put = (entry) => store("readwrite", (reports) => reports.put(entry));
  const drop = (id) => store("readwrite", (reports) => reports.delete(id));
  const patient = (address, wishes) => fetch(address, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS), ...wishes });

  // The centre's word on who is asking, with a fresh token for forms and its clock: a phone's own may be wrong.
  const ask = async () => {
    const answer = await patient("/my/waiting/", { headers: { accept: "application/json" } });
    if (answer.type === "opaqueredirect") return { signedOut: true };
    return answer.ok ? answer.json() : null;
  };

  const sendOne = async (entry, { token, now }) => {
    const body = new URLSearchParams(entry.fields);
    body.set("at", String(Math.floor(Math.min(entry.at + now - Date.now(), now) / 1000)));
    const answer = await patient(entry.url, { method: "POST", body, headers: { accept: "application/json", "X-CSRFToken": token } });
    if (answer.status === 200) {
      await drop(entry.id);
      return (await answer.json()).next;
    }
    if (answer.status === 409) await put({ ...entry, refused: await answer.json() });
    return null; // anything else passes: it stays, and is tried again
  };

  // "nothing", "offline", "signed_out" or "done"; `next`: where the last one that arrived leads.
  const sendAll = async () => {
    const entries = (await all()).filter((entry) => !entry.refused);
    if (!entries.length) return { state: "nothing" };
    let next = null;
    try {
      const door = await ask();
      if (!door) return { state: "offline" };
      if (door.signedOut) return { state: "signed_out" };
      // Of somebody else who used this phone: it waits until they come in again.
      for (const entry of entries.filter(({ owner }) => owner === door.owner)) next = (await sendOne(entry, door)) || next;
    } catch {
      return { state: "offline", next };
    }
    return { state: "done", next };
  };
  const send = () => (navigator.locks ? navigator.locks.request("gatepass-waiting", sendAll) : sendAll());
  return { all, keep, put, drop, send };
})();
