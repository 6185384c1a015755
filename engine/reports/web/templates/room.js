// A figure made for a page, made larger for a room: letters, lines and marks grow, legends move to where there is room.
"use strict";

const Room = (() => {
  const LETTER = 13, LABEL = 34, WIDE = 700, MAP = 1000;  // MAP: width on its page of a figure that keeps its shape
  const ROUND = ["scatterpolar", "scatterternary", "sankey", "barpolar", "pie"];

  function enlarged(part, times, within = "") {
    if (typeof part === "string") return part.replace(/font-size:\s*([\d.]+)px/g, (_, size) => `font-size:${(size * times).toFixed(1)}px`);
    if (Array.isArray(part)) return part.map((one) => (typeof one === "number" ? one : enlarged(one, times, within)));
    if (!part || typeof part !== "object") return part;
    const made = {};
    for (const [name, value] of Object.entries(part)) {
      const grows = typeof value === "number" && (
        (name === "size" && /font$|^marker$/.test(within)) || (name === "width" && /line$/.test(within)) || name === "thickness" ||
        (within === "margin" && name !== "autoexpand") || ["pad", "standoff", "ax", "ay", "xshift", "yshift", "arrowwidth"].includes(name));
      if (name === "size" && within === "marker" && Array.isArray(value)) made[name] = value.map((size) => size * times);
      else made[name] = grows ? value * times : enlarged(value, times, name);
    }
    return made;
  }

  function kind(figure) {
    if (figure.data.some((trace) => ROUND.includes(trace.type))) return "round";
    const seen = [...Charts.axes(figure.layout, "x"), ...Charts.axes(figure.layout, "y")].some((axis) => axis.visible !== false);
    return seen ? "rows" : (figure.layout.annotations || []).length > 1 ? "cells" : "map";
  }

  const between = (low, value, high) => Math.max(low, Math.min(value, high));

  function times(figure, what, width, height) {
    const natural = figure.layout.height || 450, across = width / WIDE;
    if (what === "round") return width < 800 ? 1.3 : 1.45;
    if (what === "map") return Math.min(1.6, height / natural, width / 900);
    if (what === "cells") return Math.min(between(1.15, height / natural, 1.6), across);
    return between(1.25, height / natural, 1.6);
  }

  // How many lines of words stand along the upright axis.
  function lines(figure) {
    const axis = figure.layout.yaxis || {};
    if (Array.isArray(axis.ticktext)) return axis.ticktext.reduce((sum, text) => sum + String(text).split("<br>").length, 0);
    return new Set(figure.data.flatMap((trace) => (Array.isArray(trace.y) ? trace.y.filter((one) => typeof one === "string") : []))).size;
  }

  function relabelled(figure, grown, width) {
    for (const letter of ["x", "y"]) for (const axis of Charts.axes(figure.layout, letter)) {
      axis.automargin = true;
      if (Array.isArray(axis.ticktext)) axis.ticktext = axis.ticktext.map((text) => Charts.broken(text, LABEL));
      const long = figure.data.flatMap((trace) => (Array.isArray(trace[letter]) ? trace[letter] : [])).filter((one) => typeof one === "string" && one.length > LABEL);
      if (long.length && letter === "y") axis.labelalias = Object.fromEntries(long.map((one) => [one, Charts.broken(one, LABEL)]));
      if (axis.title && axis.title.text && letter === "x") axis.title.text = Charts.broken(axis.title.text, Math.floor((0.7 * width) / (0.55 * LETTER * grown)));
    }
  }

  function legend(layout, what, grown, width) {
    if (layout.showlegend === false) return;
    const old = layout.legend || {};
    if (what === "round" && width >= 800) {
      layout.legend = { ...old, orientation: "v", x: 1.06, xanchor: "left", y: 0.5, yanchor: "middle" };
      layout.margin = { ...layout.margin, b: 46 * grown, t: 40 * grown };
    } else if (what === "round") {
      layout.legend = { ...old, orientation: "h", x: 0, xanchor: "left", y: -0.14, yanchor: "top" };
      layout.margin = { ...layout.margin, b: 40 * grown, t: 30 * grown };
    } else {
      layout.legend = { ...old, orientation: "h", x: 0, xanchor: "left", y: 1.01, yanchor: "bottom" };
      layout.margin = { ...layout.margin, b: 56 * grown };
    }
  }

  function fitted(told, width, height) {
    const what = kind(told);
    if (what === "map") width = Math.min(width, (MAP * height) / (told.layout.height || 450));
    const own = { ...told.layout, font: { size: LETTER, ...told.layout.font } };
    let grown = times(told, what, width, height), tall = height;
    if (what === "rows") {
      const needed = (size) => lines(told) * LETTER * size * 1.3 + 95 * size;
      if (needed(grown) > height) grown = 1.25;
      tall = Math.max(height, needed(grown));
    }
    if (what === "cells") tall = Math.max(height, (told.layout.height || 450) * grown);
    const figure = { data: enlarged(told.data, grown), layout: enlarged(own, grown) };
    relabelled(figure, grown, width);
    legend(figure.layout, what, grown, width);
    if (what === "cells" || what === "map") tall = Math.min(tall, Math.max(height, 200));
    if (what === "cells") tall = Math.max(height, (told.layout.height || 450) * Math.min(grown, 1.15));
    delete figure.layout.autosize;
    Object.assign(figure.layout, { width, height: tall, dragmode: false });
    return figure;
  }

  return { fitted, kind };
})();
