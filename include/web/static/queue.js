// Choosing documents of a case: all of a page by one box.
"use strict";
(() => {
  const boxes = (name) => [...document.querySelectorAll(`input[type="checkbox"][name="${name}"]`)];

  document.addEventListener("change", (event) => {
    const box = event.target instanceof HTMLInputElement ? event.target : null;
    if (!box || box.type !== "checkbox") return;
    const all = box.dataset.chooses;
    if (all) for (const each of boxes(all)) each.checked = box.checked;
    const head = document.querySelector(`[data-chooses="${box.name}"]`);
    if (head) {
      const chosen = boxes(box.name).filter((each) => each.checked).length;
      head.checked = chosen > 0 && chosen === boxes(box.name).length;
      head.indeterminate = chosen > 0 && !head.checked;
    }
  });
})();
