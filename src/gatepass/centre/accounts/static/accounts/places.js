// A community or site that is chosen from the page's list becomes a ticked box, and the field is free for the next one.
// Without this file the page takes one more for each role with each saving.

const places = new Map([...document.querySelectorAll("#places option")].map((one) => [one.value, one.dataset.place]));

for (const field of document.querySelectorAll("[data-adds]")) {
  const boxes = field.closest(".adds").previousElementSibling;
  boxes.setAttribute("aria-live", "polite");

  const add = () => {
    const word = field.value.trim();
    const place = places.get(word);
    if (!place) return;
    let box = [...boxes.querySelectorAll("input")].find((one) => one.value === place);
    if (!box) {
      box = Object.assign(document.createElement("input"), { type: "checkbox", name: field.dataset.adds, value: place });
      const label = document.createElement("label");
      label.append(box, ` ${word}`);
      const line = document.createElement("div");
      line.append(label);
      boxes.append(line);
    }
    box.checked = true;
    field.value = "";
  };

  // Chosen with the pointer or the arrow keys: browsers tell it from typing by the missing kind of input.
  field.addEventListener("input", (event) => {
    if (!event.inputType || event.inputType === "insertReplacementText") add();
  });
  field.addEventListener("change", add);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !field.value.trim()) return;
    event.preventDefault();
    add();
  });
}
