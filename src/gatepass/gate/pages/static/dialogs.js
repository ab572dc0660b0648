// What all dialogs of the desk share: native <dialog>, closed by its own button, by Escape, or by its answer.

/** Opens a dialog; the promise gives what it was closed with, "" when it was put away. */
export function ask(dialog) {
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
    dialog.showModal();
  });
}

for (const button of document.querySelectorAll("dialog [data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close(""));
}

export function makeButton(text, language, pressed) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  if (language) button.lang = language;
  button.addEventListener("click", () => pressed(button));
  return button;
}
