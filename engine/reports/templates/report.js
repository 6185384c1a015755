// The report's charts: drawn when they come into view, all of them before printing, anew when the window changes.
"use strict";

(() => {
  const root = document.documentElement, charts = [...document.querySelectorAll(".chart")];
  const TALLEST = 900;
  let before = null, width = window.innerWidth, later = 0;

  function fitted(told, across) {
    const layout = { ...told.layout, width: across, height: Math.min(told.layout.height || 450, TALLEST), dragmode: false };
    delete layout.autosize;
    for (const letter of ["x", "y"]) for (const axis of Charts.axes(layout, letter)) {
      axis.automargin = true;
      if (Array.isArray(axis.ticktext)) axis.ticktext = axis.ticktext.map((text) => Charts.broken(text, across < 600 ? 18 : 34));
    }
    const round = told.data.some((trace) => /polar|ternary|sankey/.test(trace.type || ""));
    if (layout.showlegend !== false && !round) {
      layout.legend = { ...layout.legend, orientation: "h", x: 0, xanchor: "left", y: 1.01, yanchor: "bottom" };
      layout.margin = { ...layout.margin, b: Math.min((layout.margin || {}).b || 60, 60) };
    }
    return { data: told.data, layout };
  }

  function draw(chart) { Charts.draw(chart, fitted, chart.clientWidth, 0); }

  const seen = new IntersectionObserver((entries) => entries.forEach((entry) => { if (entry.isIntersecting) draw(entry.target); }),
                                        { rootMargin: "400px" });

  function again() {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    charts.filter((chart) => chart.classList.contains("drawn")).forEach((chart) => { Charts.forget(chart); draw(chart); });
  }

  function printed() {
    if (before) return;
    before = root.dataset.theme;
    root.classList.add("printing");
    charts.forEach(Charts.forget);
    Charts.theme("light");
    charts.forEach(draw);
    root.dataset.drawn = "yes";
  }

  function afterwards() {
    if (!before || location.hash === "#print") return;
    root.classList.remove("printing");
    charts.forEach(Charts.forget);
    Charts.theme(before);
    before = null;
    charts.forEach(draw);
  }

  addEventListener("beforeprint", printed);
  addEventListener("afterprint", afterwards);
  addEventListener("resize", () => { clearTimeout(later); later = setTimeout(again, 200); });
  Charts.theme(root.dataset.theme);
  if (location.hash === "#print") printed(); else charts.forEach((chart) => seen.observe(chart));
})();
