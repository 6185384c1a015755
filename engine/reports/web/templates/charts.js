// Charts in the colours of the page: drawn when they are first seen, all of them before printing.
"use strict";

const Charts = (() => {
  const root = document.documentElement;
  const MOST_LINES = 4;
  const ROUND = ["scatterpolar", "scatterternary", "sankey", "barpolar", "pie"];
  const CONFIG = { displaylogo: false, displayModeBar: "hover", scrollZoom: false, responsive: false, showTips: false, showLink: false,
                   modeBarButtons: [["toImage"]] };

  function colours() {
    const style = getComputedStyle(root), of = (name) => style.getPropertyValue(name).trim();
    const axis = { linecolor: of("--line"), gridcolor: of("--line"), zerolinecolor: of("--muted") };
    const clear = "rgba(0,0,0,0)";
    return { layout: {
      font: { color: of("--ink"), family: of("--sans") }, paper_bgcolor: clear, plot_bgcolor: clear, xaxis: axis, yaxis: axis,
      hoverlabel: { bgcolor: of("--surface"), bordercolor: of("--muted"), font: { color: of("--ink"), family: of("--sans") } },
      modebar: { bgcolor: clear, color: of("--muted"), activecolor: of("--accent") },
    } };
  }

  function theme(wanted) {
    const dark = wanted === "dark" || (wanted === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = dark ? "dark" : "light";
    document.querySelectorAll(".chart.drawn").forEach(recolour);
  }

  // `fitted(figure, width, height)` gives the figure as it is drawn in a place of that size.
  function draw(holder, fitted, width, height) {
    if (holder.classList.contains("drawn") || !holder.clientWidth) return;
    const told = JSON.parse(document.getElementById(holder.dataset.figure).textContent);
    const figure = fitted(told, width || holder.clientWidth, height || holder.clientHeight);
    const place = document.createElement("div");
    holder.append(place);
    holder.classList.add("drawn");
    holder.classList.toggle("tall", figure.layout.height > holder.clientHeight + 1);
    place.drawing = Plotly.newPlot(place, figure.data, { ...figure.layout, template: colours() }, CONFIG);
  }

  function recolour(holder) {
    const place = holder.lastElementChild;
    place.drawing = Plotly.react(place, place.data, { ...place.layout, template: colours() }, CONFIG);
  }

  function forget(holder) {
    if (!holder.classList.contains("drawn")) return;
    const place = holder.lastElementChild;
    place.drawing.finally(() => { Plotly.purge(place); place.remove(); });  // Plotly does not bear being stopped half-way
    place.hidden = true;
    holder.prepend(place);
    holder.classList.remove("drawn", "tall");
  }

  // Words broken into a few lines of some letters; what has marks with spaces in them, or is no text, stays as it is.
  function broken(text, letters) {
    if (typeof text !== "string" || text.length <= letters) return text;
    if (text.includes("<br>")) return text.split("<br>").map((line) => broken(line, letters)).join("<br>");
    if (/<(span|a)\b/.test(text)) return text;
    const lines = [""], cut = new RegExp(`.{1,${letters}}`, "gu");
    for (const word of text.split(" ").flatMap((one) => one.match(cut) || [])) {
      const last = lines[lines.length - 1];
      if (last && last.length + word.length >= letters) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    return [...lines.slice(0, MOST_LINES), ...(lines.length > MOST_LINES ? ["…"] : [])].join("<br>");
  }

  const axes = (layout, letter) => Object.keys(layout).filter((name) => new RegExp(`^${letter}axis\\d*$`).test(name)).map((name) => layout[name]);

  // What sets a figure's size: `round` (its circle), `rows` (its axis of names), `cells` (its words), `map` (its tiles).
  function kind(figure) {
    if (figure.data.some((trace) => ROUND.includes(trace.type))) return "round";
    const seen = [...axes(figure.layout, "x"), ...axes(figure.layout, "y")].some((axis) => axis.visible !== false);
    return seen ? "rows" : (figure.layout.annotations || []).length > 1 ? "cells" : "map";
  }

  // How many lines of words stand along the upright axis, with labels broken at so many letters.
  function lines(figure, letters) {
    const axis = figure.layout.yaxis || {};
    const names = Array.isArray(axis.ticktext) ? axis.ticktext
      : new Set(figure.data.flatMap((trace) => (Array.isArray(trace.y) ? trace.y.filter((one) => typeof one === "string") : [])));
    return [...names].reduce((sum, text) => sum + String(broken(text, letters)).split("<br>").length, 0);
  }

  // Axes make room for their labels, and long ones are broken: none is cut.
  function relabelled(figure, label, title) {
    if (figure.data.some((trace) => trace.x || trace.y)) figure.layout = { xaxis: {}, yaxis: {}, ...figure.layout };
    for (const letter of ["x", "y"]) for (const axis of axes(figure.layout, letter)) {
      axis.automargin = true;
      if (letter === "y") axis.ticklabelstandoff = axis.ticklabelstandoff ?? 8;
      if (Array.isArray(axis.ticktext)) axis.ticktext = axis.ticktext.map((text) => broken(text, label));
      const names = figure.data.flatMap((trace) => (Array.isArray(trace[letter]) ? trace[letter] : [])).filter((one) => typeof one === "string");
      const long = names.filter((one) => one.length > label);
      if (long.length) axis.labelalias = Object.fromEntries(long.map((one) => [one, broken(one, label)]));
      if (letter === "x" && axis.title && axis.title.text) axis.title.text = broken(axis.title.text, title);
    }
  }

  // A name in the first column is cut before it reaches the second; the hover text has it whole.
  function named(layout, width, letter) {
    const letters = Math.floor(width / 5.5 / letter);
    for (const note of layout.annotations.filter((one) => one.x === 0)) {
      const [name, ...rest] = String(note.text).split("<br>");
      if (name.length > letters && !/[<&]/.test(name)) note.text = [`${name.slice(0, letters - 1)}…`, ...rest].join("<br>");
    }
  }

  // Round a circle, too: labels are broken at so many letters, and the margins hold them at so many pixels a line.
  function rounded(figure, label, size) {
    const { polar } = figure.layout;
    if (!polar || !polar.angularaxis || !Array.isArray(polar.angularaxis.ticktext)) return;
    const words = polar.angularaxis.ticktext.map((text) => broken(text, label));
    polar.angularaxis.ticktext = words;
    const lines = words.map((text) => String(text).split("<br>"));
    const side = 0.6 * size * Math.max(0, ...lines.flat().map((line) => line.length)) + 24;
    const above = 1.35 * size * Math.max(0, ...lines.map((one) => one.length)) + 16;
    figure.layout.margin = { ...figure.layout.margin, l: side, r: side, t: above, b: above };
  }

  return { kind, lines, named, rounded, relabelled, theme, draw, recolour, forget, broken };
})();
