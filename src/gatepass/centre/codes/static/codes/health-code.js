// The dynamic health code, made on the phone without a network. Bytes and use: docs/health-code.md. ES2019, no build step.
// A slot is any name for one person. Errors have a `code`: not_supported (no key store: private mode, an insecure
// address, a very old browser), no_grant, grant_expired.

import { draw } from "./qr.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const EVERY_MS = 30000;
// A clock as right as this is left alone: the centre's answer was under way for a moment.
const NEAR_MS = 20000;

const trouble = (code) => Object.assign(new Error(code), { code });

// Bytes

const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  return all;
};

// CBOR heads (RFC 8949, section 3), the shortest form.
const head = (major, argument) => {
  const width = argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x10000 ? 2 : 4;
  const bytes = [major * 32 + (width ? 23 + [0, 1, 2, 0, 3][width] : argument)];
  for (let i = width - 1; i >= 0; i--) bytes.push(Math.floor(argument / 2 ** (8 * i)) % 256);
  return Uint8Array.from(bytes);
};
const octets = (bytes) => joined(head(2, bytes.length), bytes);

const base45 = (bytes) => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const two = i + 1 < bytes.length;
    let value = two ? bytes[i] * 256 + bytes[i + 1] : bytes[i];
    for (let j = 0; j < (two ? 3 : 2); j++) {
      text += ALPHABET[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
};

// COSE_Sign1 over {6: made, 7: nonce, -65538: grant}, signed with ES256.
const PROTECTED = Uint8Array.of(0xa1, 1, 0x26);
const SIGNATURE1 = Uint8Array.from([..."Signature1"].map((each) => each.charCodeAt(0)));

const proof = async (key, grant, seconds) => {
  const nonce = crypto.getRandomValues(new Uint8Array(8));
  const claims = joined(
    head(5, 3),
    head(0, 6), head(0, seconds),
    head(0, 7), octets(nonce),
    head(1, 65537), octets(grant)
  );
  const signed = joined(head(4, 4), head(3, 10), SIGNATURE1, octets(PROTECTED), octets([]), octets(claims));
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, signed);
  return joined(
    head(6, 18), head(4, 4),
    octets(PROTECTED), head(5, 0), octets(claims), octets(new Uint8Array(signature))
  );
};

// What is kept: {slot, keys, grant, expires, ahead} in IndexedDB. The private key cannot be taken out of the browser.

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const store = async (mode, ask) => {
  if (!self.indexedDB || !self.crypto || !crypto.subtle) throw trouble("not_supported");
  try {
    const opening = indexedDB.open("gatepass", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("codes", { keyPath: "slot" });
    const database = await asked(opening);
    try {
      return await asked(ask(database.transaction("codes", mode).objectStore("codes")));
    } finally {
      database.close();
    }
  } catch (error) {
    throw trouble("not_supported");
  }
};
const found = (slot) => store("readonly", (codes) => codes.get(slot));

/** 65 bytes for the centre; makes the key at the first call. */
export const publicKey = async (slot) => {
  let entry = await found(slot);
  if (!entry) {
    const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
    // `add` refuses a second one: of two windows that were opened at once, both take the first window's key.
    await store("readwrite", (codes) => codes.add({ slot, keys })).catch(() => {});
    entry = await found(slot);
    if (!entry) throw trouble("not_supported");
  }
  return new Uint8Array(await crypto.subtle.exportKey("raw", entry.keys.publicKey));
};

const change = async (slot, facts) => {
  const entry = await found(slot);
  if (!entry) throw trouble("no_grant");
  await store("readwrite", (codes) => codes.put(Object.assign(entry, facts)));
};
const aheadOf = (now) => (Math.abs(now - Date.now()) < NEAR_MS ? 0 : now - Date.now());

/** What the centre answered: the grant's bytes, until when, and its clock (ms). */
export const keep = (slot, { grant, expires, now }) =>
  change(slot, { grant: new Uint8Array(grant), expires, ahead: aheadOf(now) });

/** Whenever the centre was heard again: its clock, ms. */
export const setClock = (slot, now) => change(slot, { ahead: aheadOf(now) });

/** "GP1:…" */
export const make = async (slot) => {
  const entry = await found(slot);
  if (!entry || !entry.grant) throw trouble("no_grant");
  // A phone whose clock is wrong is right by as much as the centre last told it.
  const now = Date.now() + entry.ahead;
  if (now >= entry.expires) throw trouble("grant_expired");
  return "GP1:" + base45(await proof(entry.keys.privateKey, entry.grant, Math.floor(now / 1000)));
};

/** [{slot, expires}] */
export const kept = async () => {
  const entries = await store("readonly", (codes) => codes.getAll());
  return entries.filter((entry) => entry.grant).map(({ slot, expires }) => ({ slot, expires }));
};

export const forget = (slot) => store("readwrite", (codes) => codes.delete(slot));

/** A new code in an <svg> every 30 s, until the function that is returned is called. */
export const show = (slot, svg, { onShown = () => {}, onTrouble = () => {} } = {}) => {
  let stopped = false;
  const next = async () => {
    if (stopped || document.hidden) return;
    try {
      const text = await make(slot);
      if (stopped) return;
      draw(svg, text);
      onShown(text);
    } catch (error) {
      // An old code must not stay on the screen: it would be called a picture of one.
      while (svg.firstChild) svg.removeChild(svg.firstChild);
      onTrouble(error.code || "not_supported");
    }
  };
  const timer = setInterval(next, EVERY_MS);
  // Timers sleep in a page that nobody sees; whoever takes the phone out must see a fresh code at once.
  document.addEventListener("visibilitychange", next);
  next();
  return () => {
    stopped = true;
    clearInterval(timer);
    document.removeEventListener("visibilitychange", next);
  };
};
