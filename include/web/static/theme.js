// Before anything is painted: light or dark as Airflow is, and the language of Airflow's pages told to the server.
"use strict";
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = (key) => {
    try {
      return window.localStorage.getItem(key);
    } catch {
      return null;
    }
  };

  const paint = () => {
    const chosen = kept("theme");
    const theme = chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
    if (root.dataset.theme !== theme) {
      root.dataset.theme = theme;
      document.dispatchEvent(new CustomEvent("exactly:theme", { detail: theme }));
    }
  };
  paint();
  dark.addEventListener("change", paint);
  const cookie = (name) => (document.cookie.match(`(?:^|; )${name}=([^;]*)`) || [])[1];
  const speak = () => {
    const airflows = (kept("i18nextLng") || "").slice(0, 2);
    if (!airflows || airflows === cookie("exactly_airflow_language")) return;
    const path = `${root.dataset.root || ""}/`;
    document.cookie = `exactly_airflow_language=${encodeURIComponent(airflows)}; path=${path}; max-age=31536000; samesite=lax`;
    // A browser that keeps no cookies would load the page for ever.
    const stands = cookie("exactly_airflow_language") === airflows;
    if (stands && !cookie("exactly_language") && ["nl", "en"].includes(airflows) && airflows !== root.lang) window.location.reload();
  };
  speak();

  // Airflow's own page around this one changes them: another document, so that the event reaches us.
  window.addEventListener("storage", (event) => {
    if (event.key === "theme" || event.key === null) paint();
    if (event.key === "i18nextLng") speak();
  });
})();
