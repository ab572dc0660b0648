// Passkeys: the phone's own lock. The buttons stay hidden where the browser has none.
"use strict";
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => {
    let said = "";
    for (const byte of new Uint8Array(buffer)) said += String.fromCharCode(byte);
    return btoa(said).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const post = async (address, body) => {
    const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token() } });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.detail || "");
    return said;
  };
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const add = async (address) => {
    const options = await post(address, "");
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
    const made = await navigator.credentials.create({ publicKey: options });
    return post(address, JSON.stringify({
      id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: made.getClientExtensionResults(),
      response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) },
    }));
  };
  const enter = async (address) => {
    const options = await post(address, "");
    options.challenge = bytes(options.challenge);
    options.allowCredentials = named(options.allowCredentials);
    const got = await navigator.credentials.get({ publicKey: options });
    const part = got.response;
    return post(address, JSON.stringify({
      id: got.id, rawId: text(got.rawId), type: got.type, clientExtensionResults: got.getClientExtensionResults(),
      response: {
        clientDataJSON: text(part.clientDataJSON), authenticatorData: text(part.authenticatorData),
        signature: text(part.signature), userHandle: part.userHandle ? text(part.userHandle) : null,
      },
    }));
  };

  for (const place of document.querySelectorAll("[data-passkey], [data-passkey-add]")) {
    const button = place.querySelector("button"), line = place.querySelector("[role=alert]");
    place.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      line.hidden = true;
      try {
        const done = await (place.dataset.passkey ? enter(place.dataset.passkey) : add(place.dataset.passkeyAdd));
        location.assign(done.next);
      } catch (problem) {
        // The person pressed "cancel", or the phone has no such key: the six digits are always there.
        line.textContent = (problem.name === "Error" && problem.message) || place.dataset.failed;
        line.hidden = false;
        button.disabled = false;
      }
    });
  }
})();
