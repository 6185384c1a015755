// Charts in the colours of the page: drawn when they are first seen, all of them before printing.
"use strict";

const Charts = (() => {
  const root = document.documentElement;
  const CONFIG = { displaylogo: false, displayModeBar: "hover", scrollZoom: false, responsive: false,
                   modeBarButtonsToRemove: ["select2d", "lasso2d", "sendDataToCloud"] };

  function colours() {
    const style = getComputedStyle(root), of = (name) => style.getPropertyValue(name).trim();
    const axis = { linecolor: of("--line"), zerolinecolor: of("--muted") };
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
    Plotly.newPlot(place, figure.data, { ...figure.layout, template: colours() }, CONFIG);
  }

  function recolour(holder) {
    const place = holder.lastElementChild;
    Plotly.react(place, place.data, { ...place.layout, template: colours() }, CONFIG);
  }

  function forget(holder) {
    if (!holder.classList.contains("drawn")) return;
    Plotly.purge(holder.lastElementChild);
    holder.lastElementChild.remove();
    holder.classList.remove("drawn", "tall");
  }

  // Words broken into lines of some letters; what has marks of its own, or is no text, stays as it is.
  function broken(text, letters) {
    if (typeof text !== "string" || text.length <= letters || text.includes("<")) return text;
    const lines = [""];
    for (const word of text.split(" ")) {
      const last = lines[lines.length - 1];
      if (last && last.length + word.length >= letters) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    return lines.join("<br>");
  }

  const axes = (layout, letter) => Object.keys(layout).filter((name) => new RegExp(`^${letter}axis\\d*$`).test(name)).map((name) => layout[name]);

  return { theme, draw, recolour, forget, broken, axes };
})();
