// A figure made for a page, made larger for a room: letters, lines and marks grow, legends move to where there is room.
"use strict";

const Room = (() => {
  const MAP = 1000;  // width on its page of a figure of tiles, which keeps its shape
  const LETTER = 13, LABEL = 46, NARROW_LABEL = 30, WIDE = 700;

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

  const between = (low, value, high) => Math.max(low, Math.min(value, high));

  function times(figure, what, width, height) {
    const natural = figure.layout.height || 450, across = width / WIDE;
    if (what === "round") return width < 800 ? 1.3 : 1.45;
    if (what === "map") return Math.min(1.6, height / natural, width / 900);
    if (what === "cells") return Math.max(1.08, Math.min(height / natural, 1.6, across));
    return between(1.25, height / natural, 1.6);
  }

  const label = (width) => (width < 800 ? NARROW_LABEL : LABEL);

  function legend({ data, layout }, what, grown, width) {
    if (layout.showlegend === false) return;
    const old = layout.legend || {};
    if (what === "round" && width >= 800) {
      const longest = Math.max(0, ...data.filter((one) => one.showlegend !== false).map((one) => String(one.name || "").length));
      layout.legend = { ...old, orientation: "v", xref: "container", x: 1, xanchor: "right", y: 0.5, yanchor: "middle" };
      const { l, r, t, b } = { l: 0, r: 0, t: 0, b: 0, ...layout.margin };
      const own = Math.min(0.64 * width, r + longest * 0.58 * LETTER * grown + 70 * grown);
      layout.margin = { ...layout.margin, l, r: own, t: layout.polar ? t : 40 * grown, b: layout.polar ? b : 46 * grown };
    } else if (what === "round") {
      layout.legend = { ...old, orientation: "h", x: 0, xanchor: "left", y: -0.14, yanchor: "top" };
      if (!layout.polar) layout.margin = { ...layout.margin, b: 40 * grown, t: 30 * grown };
    } else {
      layout.legend = { ...old, orientation: "h", x: 0, xanchor: "left", y: 1.01, yanchor: "bottom" };
      layout.margin = { ...layout.margin, b: 56 * grown };
    }
  }

  function fitted(told, width, height) {
    const what = Charts.kind(told);
    if (what === "map") width = Math.min(width, (MAP * height) / (told.layout.height || 450));
    const own = { ...told.layout, font: { size: LETTER, ...told.layout.font } };
    let grown = times(told, what, width, height), tall = height;
    if (what === "rows") {
      const needed = (size) => Charts.lines(told, label(width)) * LETTER * size * 1.3 + 95 * size;
      if (needed(grown) > height) grown = 1.25;
      tall = Math.max(height, needed(grown));
    }
    const figure = { data: enlarged(told.data, grown), layout: enlarged(own, grown) };
    Charts.relabelled(figure, label(width), Math.floor((0.7 * width) / (0.55 * LETTER * grown)));
    Charts.rounded(figure, 20, LETTER * grown);
    legend(figure, what, grown, width);
    if (what === "cells") {
      tall = Math.max(height, (told.layout.height || 450) * Math.min(grown, 1.15));
      Charts.named(figure.layout, width, 0.58 * LETTER * grown);
    }
    const hoverlabel = { ...figure.layout.hoverlabel, font: { size: LETTER * grown } };
    delete figure.layout.autosize;
    Object.assign(figure.layout, { hoverlabel, width, height: tall, dragmode: false });
    return figure;
  }

  return { fitted };
})();
