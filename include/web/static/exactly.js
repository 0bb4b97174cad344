// The keyboard, dialogs, the language switch, and ways out of the frame that Airflow shows these pages in.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;
  const dialog = () => document.querySelector("dialog[open]");

  const point = (row) => {
    for (const each of document.querySelectorAll("[data-row].here")) each.classList.remove("here");
    row.classList.add("here");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const all = rows();
    if (all.length === 0) return;
    const at = all.findIndex((row) => row.classList.contains("here"));
    point(all[at === -1 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]);
  };

  const open = () => {
    const way = document.querySelector("[data-row].here a[href], [data-row].here [data-opens-row]");
    if (way) way.click();
    return way !== null;
  };

  const show = (id) => {
    const found = document.getElementById(id);
    if (found instanceof HTMLDialogElement && !found.open) found.showModal();
  };

  const keys = {
    "/": () => document.querySelector("[data-search], input[type=search]")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    "?": () => show("keys"),
  };

  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(target)) target.blur();
    if (typing(target) || dialog()) return;
    if (event.key === "Enter" && target.matches("[data-row], body") && open()) event.preventDefault();
    if (event.key === "Escape") document.getElementById("told")?.replaceChildren();
    if (event.key in keys) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  // The frame may neither open windows nor leave itself: the page around it, which is Airflow's and of the same origin, does it.
  const outside = (href, blank) => {
    const way = window.parent.document.createElement("a");
    way.href = href;
    if (blank) {
      way.target = "_blank";
      way.rel = "noopener noreferrer";
    }
    window.parent.document.body.append(way);
    way.click();
    way.remove();
  };

  // A click on the shade around a dialog arrives at the dialog too.
  const isBeside = (box, event) => {
    const { left, right, top, bottom } = box.getBoundingClientRect();
    return event.detail > 0 && (event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom);
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest("a[data-airflow], a[data-elsewhere]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      outside(link.href, link.hasAttribute("data-elsewhere"));
    }
    const language = target?.closest("[data-language]")?.dataset.language;
    if (language) {
      const path = `${document.documentElement.dataset.root || ""}/`;
      document.cookie = `exactly_language=${language}; path=${path}; max-age=31536000; samesite=lax`;
      window.location.reload();
    }
    const opens = target?.closest("[data-opens]")?.dataset.opens;
    if (opens) show(opens);
    if (target?.closest("[data-closes]")) target.closest("dialog")?.close();
    if (target instanceof HTMLDialogElement && isBeside(target, event)) target.close();
    const row = target?.closest("[data-row]");
    if (row && !target.closest("a, button, input, label, select, summary") && !String(window.getSelection())) {
      point(row);
      open();
    }
  });

  // Inside Airflow's page the keys would go to that one. The tab of a task leaves them there.
  if (window.parent !== window && document.querySelector(".top")) document.getElementById("main").focus({ preventScroll: true });

  // What a part of the page was swapped for may bring a dialog that is to be shown at once.
  document.addEventListener("htmx:afterSettle", () => {
    const asked = document.querySelector("dialog[data-shown]:not([open])");
    if (asked) {
      asked.removeAttribute("data-shown");
      asked.showModal();
    }
  });
  document.addEventListener("htmx:sendError", () => {
    const told = document.getElementById("told");
    if (told) told.textContent = document.body.dataset.away;
  });
})();
