// Draws each [data-figure] with Plotly, in the page's own colours, light or dark, and in the reader's language.
"use strict";
(() => {
  // Plotly writes styles into the page unless it finds them there; ours forbids that. One for charts (charts.css), one for maps (none).
  const there = document.createElement("meta");
  there.id = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";
  document.head.append(there);

  const dutch = {
    moduleType: "locale",
    name: "nl",
    dictionary: {},
    format: {
      days: ["zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"],
      shortDays: ["zo", "ma", "di", "wo", "do", "vr", "za"],
      months: [
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
      ],
      shortMonths: ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
      periods: ["AM", "PM"],
      dateTime: "%a %-d %b %Y %X",
      date: "%d-%m-%Y",
      time: "%H:%M:%S",
      decimal: ",",
      thousands: ".",
      grouping: [3],
      currency: ["€ ", ""],
      year: "%Y",
      month: "%b %Y",
      dayMonth: "%-d %b",
      dayMonthYear: "%-d %b %Y",
    },
  };
  const colour = (name) => window.getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const themed = (layout) => {
    const axis = { gridcolor: colour("--line"), linecolor: colour("--line"), zerolinecolor: colour("--line"), automargin: true };
    const axes = Object.fromEntries(
      [...new Set(["xaxis", "yaxis", ...Object.keys(layout)])]
        .filter((name) => /^[xy]axis\d*$/.test(name))
        .map((name) => [name, { ...axis, ...layout[name] }]),
    );
    return {
      ...layout,
      ...axes,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      separators: document.documentElement.lang === "nl" ? ",." : ".,",
      font: { family: window.getComputedStyle(document.body).fontFamily, size: 12, color: colour("--quiet"), ...layout.font },
      hoverlabel: { bgcolor: colour("--raised"), bordercolor: colour("--line"), font: { color: colour("--text") }, ...layout.hoverlabel },
    };
  };

  const draw = (place) => {
    const figure = JSON.parse(place.dataset.figure);
    const ways = { displayModeBar: false, responsive: true, locale: document.documentElement.lang };
    window.Plotly.react(place, figure.data, themed(figure.layout || {}), ways);
  };
  const drawAll = () => {
    for (const place of document.querySelectorAll("[data-figure]")) draw(place);
  };

  window.addEventListener("DOMContentLoaded", () => {
    if (!window.Plotly) return;
    window.Plotly.register([dutch]);
    drawAll();
    document.addEventListener("exactly:theme", drawAll);
    document.addEventListener("htmx:afterSettle", drawAll);
  });
})();
