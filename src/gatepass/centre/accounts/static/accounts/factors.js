// Passkeys: what uses them is shown only where the browser has them, and a failure gets its sentence.
"use strict";
for (const part of document.querySelectorAll("[data-passkeys]")) part.hidden = !window.PublicKeyCredential;
for (const part of document.querySelectorAll("[data-without-passkeys]")) part.hidden = Boolean(window.PublicKeyCredential);
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const sentence of document.querySelectorAll("[data-passkey-trouble]")) sentence.hidden = false;
});
