// The report's charts: drawn when they come near the window, anew when its width changes, at the width of paper before printing.
"use strict";

(() => {
  const root = document.documentElement, charts = [...document.querySelectorAll(".chart")], PAPER = 640, NARROW = 560, ROUND_ON_PAPER = 460, TALLEST = 640;
  const LEAST = { cells: 640, map: 620 };
  let before = null, width = innerWidth, waiting = 0;

  // The figure as it was made for a page, as wide as its place. Where that is narrow, long words are broken and rows made higher;
  // what is as wide as its words or tiles is scrolled.
  function fitted(told, across) {
    const what = Charts.kind(told), label = Math.max(14, Math.floor(across / 18)), natural = told.layout.height || 450;
    const figure = { data: told.data, layout: JSON.parse(JSON.stringify(told.layout)) };
    Charts.relabelled(figure, label, Math.floor(across / (across < NARROW ? 15 : 11)));
    const { layout } = figure;
    if (what === "cells") Charts.named(layout, Math.max(across, LEAST.cells), 7.6);
    if (across < NARROW) figure.data = told.data.map((trace) => (trace.name ? { ...trace, name: Charts.broken(trace.name, Math.floor(across / 10)) } : trace));
    if (what === "rows" && layout.showlegend !== false) {  // under the rows it would lie on the axis title, which may have moved
      layout.legend = { ...layout.legend, orientation: "h", x: 0, xanchor: "left", y: 1.01, yanchor: "bottom" };
      layout.margin = { ...layout.margin, b: Math.min((layout.margin || {}).b ?? 60, 60) };
    }
    const around = 30 + ((layout.margin || {}).t ?? 20) + ((layout.margin || {}).b ?? 60);
    const width = Math.max(across, LEAST[what] || 0);
    const height = what === "rows" ? Math.max(natural, Charts.lines(told, label) * 17 + around) : natural;
    if (what === "round" && across < NARROW) {
      layout.font = { ...layout.font, size: 11 };
      layout.margin = { ...layout.margin, l: 60, r: 60 };
    }
    Charts.rounded(figure, across < NARROW ? 14 : 24, across < NARROW ? 11 : 13);
    const tall = before && (what === "round" || what === "map") ? Math.min(height, ROUND_ON_PAPER) : height;
    return { data: figure.data, layout: { ...layout, width, height: tall, dragmode: false } };
  }

  const draw = (chart) => Charts.draw(chart, fitted, before ? PAPER : 0);
  const seen = new IntersectionObserver((found) => found.filter((one) => one.isIntersecting).forEach((one) => draw(one.target)), { rootMargin: "600px" });

  function hold(chart) {  // its place is kept free, so that little moves when it is drawn
    const told = JSON.parse(document.getElementById(chart.dataset.figure).textContent);
    chart.style.minHeight = `${told.layout.height || 450}px`;
    seen.observe(chart);
  }

  function anew() {
    charts.forEach(Charts.forget);
    charts.forEach((chart) => { seen.unobserve(chart); seen.observe(chart); });
  }

  function printed() {
    if (before) return;
    before = root.dataset.theme;
    root.classList.add("printing");
    charts.forEach(Charts.forget);
    Charts.theme("light");
    charts.forEach((chart) => {
      draw(chart);
      chart.style.minHeight = 0;
      const place = chart.lastElementChild;
      place.style.zoom = Math.min(1, TALLEST / place.offsetHeight);  // a figure must fit on a page with its words
    });
    root.dataset.drawn = "yes";
  }

  function afterwards() {
    if (!before || location.hash === "#print") return;
    root.classList.remove("printing");
    const own = before;
    before = null;
    charts.forEach(Charts.forget);
    Charts.theme(own);
    anew();
  }

  Charts.theme(root.dataset.theme);
  charts.forEach(hold);
  document.getElementById("theme").addEventListener("click", () => Charts.theme(root.dataset.theme === "dark" ? "light" : "dark"));
  addEventListener("resize", () => {
    if (innerWidth === width || before) return;
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(anew, 150);
  });
  addEventListener("beforeprint", printed);
  addEventListener("afterprint", afterwards);
  if (location.hash === "#print") printed();
})();
