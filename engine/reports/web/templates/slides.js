// The presenter: which slide is shown, by keys, clicks, swipes and the address.
"use strict";

(() => {
  const root = document.documentElement, body = document.body, find = (name) => document.getElementById(name);
  const [room, deck, notes, keys] = ["room", "deck", "notes", "keys"].map(find);
  const frames = [...deck.querySelectorAll(".frame")], [back, next] = document.querySelectorAll("nav button");
  const embedded = body.dataset.embedded === "yes", bar = document.querySelector("#progress i");
  let at = 0, began = null, before = null;

  const tell = (message) => { if (embedded && parent !== window) parent.postMessage({ plumbline: message.plumbline, ...message }, "*"); };
  const overview = () => body.classList.contains("overview");

  // Words grow smaller as far as may be, so that they stand on their slide; a table that is too long all the same keeps its size.
  function fit(frame, least) {
    const wide = (box) => box.scrollWidth > box.clientWidth + 1, high = (box) => box.scrollHeight > box.clientHeight + 1;
    const shrink = (box, from, floor, over) => {
      let size = from;
      while (size > floor && over(box)) box.style.fontSize = `${(size = Math.max(size - 1, floor))}px`;
      return size;
    };
    for (const box of frame.querySelectorAll(".words, .exhibit > .rows")) {
      box.style.fontSize = "";
      const rows = box.classList.contains("rows"), floor = least || (rows ? 16 : 24);
      const size = shrink(box, parseFloat(getComputedStyle(box).fontSize), floor, wide);
      shrink(box, size, floor, high);
      if (rows && !least && high(box)) box.style.fontSize = `${size}px`;
    }
  }

  function ready(frame) {
    frame.querySelectorAll(".chart").forEach((chart) => Charts.draw(chart, Room.fitted));
    if (!frame.dataset.fit) { frame.dataset.fit = "yes"; fit(frame); }
  }

  function scaled() {
    if (overview()) { deck.style.setProperty("--scale", Math.min(0.25, (room.clientWidth - 60) / 1280)); return; }
    deck.style.setProperty("--scale", Math.min(room.clientWidth / 1280, room.clientHeight / 720) || 1);
  }

  function show(wanted, { address = true, focus = true } = {}) {
    const number = Math.max(1, Math.min(Math.round(wanted) || 1, frames.length));
    const changed = number !== at;
    at = number;
    frames.forEach((frame, place) => frame.classList.toggle("now", place + 1 === at));
    notes.querySelectorAll(".note").forEach((note) => { note.hidden = Number(note.dataset.n) !== at; });
    back.disabled = at === 1;
    next.disabled = at === frames.length;
    bar.style.width = `${(100 * at) / frames.length}%`;
    const frame = frames[at - 1], slide = frame.querySelector(".slide");
    body.classList.toggle("on-section", slide.classList.contains("is-section"));
    scaled();
    ready(frame);
    if (!changed) return;
    notes.scrollTop = 0;
    find("said").textContent = slide.getAttribute("aria-label");
    if (focus && !overview()) slide.focus({ preventScroll: true });
    if (address && !embedded && location.hash !== `#${at}`) location.hash = String(at);
    tell({ plumbline: "slide", at });
  }

  function toggleOverview(on = !overview()) {
    body.classList.toggle("overview", on);
    frames.forEach((frame) => {
      frame.querySelector(".slide").inert = on;
      frame.querySelector(".go").hidden = !on;
    });
    scaled();
    if (!on) { show(at); frames[at - 1].querySelector(".slide").focus({ preventScroll: true }); return; }
    frames[at - 1].querySelector(".go").focus();
    frames[at - 1].scrollIntoView({ block: "nearest" });
    const rest = [...frames];
    (function some() { if (overview() && rest.length) { ready(rest.shift()); setTimeout(some); } })();
  }

  function toggleNotes() { notes.hidden = !notes.hidden; scaled(); }

  function fullScreen() {  // a frame may not be allowed to; then the window stays as it is
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.fullscreenEnabled) root.requestFullscreen().catch(() => {});
  }

  function leave() {
    const open = frames[at - 1].querySelector("details[open]");
    if (overview()) toggleOverview(false);
    else if (open) open.open = false;
    else if (document.fullscreenElement) fullScreen();
    else tell({ plumbline: "left" });
  }

  function step(by) {
    if (!overview()) { show(at + by); return; }
    show(at + by);
    frames[at - 1].querySelector(".go").focus();
    frames[at - 1].scrollIntoView({ block: "nearest" });
  }

  const KEYS = {
    ArrowRight: () => step(1), ArrowDown: () => step(1), PageDown: () => step(1), " ": () => step(1),
    ArrowLeft: () => step(-1), ArrowUp: () => step(-1), PageUp: () => step(-1),
    Home: () => step(1 - at), End: () => step(frames.length - at), Escape: leave,
    n: toggleNotes, f: fullScreen, o: () => toggleOverview(), "?": () => keys.showModal(),
    d: () => Charts.theme(root.dataset.theme === "dark" ? "light" : "dark"),
  };

  // A table that has the focus scrolls first; the slide changes once it is at its end.
  function scrolls(target, key) {
    const box = target.closest && target.closest(".rows, .words, #notes");
    if (!box) return false;
    if (["ArrowDown", "PageDown"].includes(key)) return box.scrollTop + box.clientHeight < box.scrollHeight - 1;
    if (["ArrowUp", "PageUp"].includes(key)) return box.scrollTop > 0;
    if (key === "ArrowRight") return box.scrollLeft + box.clientWidth < box.scrollWidth - 1;
    return key === "ArrowLeft" && box.scrollLeft > 0;
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!(key in KEYS) || scrolls(event.target, key)) return;
    if (key === " " && event.target.closest && event.target.closest("button, summary, a")) return;
    event.preventDefault();
    KEYS[key]();
  });
  document.querySelectorAll("nav button").forEach((button) => button.addEventListener("click", () => KEYS[button.dataset.key]()));
  frames.forEach((frame, place) => frame.querySelector(".go").addEventListener("click", () => { show(place + 1); toggleOverview(false); }));
  room.addEventListener("touchstart", (event) => { began = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  room.addEventListener("touchend", (event) => {
    if (!began || overview()) return;
    const [x, y] = [event.changedTouches[0].clientX - began.clientX, event.changedTouches[0].clientY - began.clientY];
    if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(y) && !(event.target.closest && event.target.closest(".rows"))) step(x < 0 ? 1 : -1);
  });
  addEventListener("hashchange", () => { if (/^#\d+$/.test(location.hash)) show(Number(location.hash.slice(1)), { address: false }); });
  addEventListener("resize", scaled);
  addEventListener("pointerdown", () => window.focus());

  function leftOut(more, hidden) {
    const all = hidden + Number(more.dataset.leftOut);
    more.hidden = all === 0;
    more.textContent = `… ${all.toLocaleString("en")} more row${all === 1 ? "" : "s"} in the data file`;
  }

  // What does not fit on paper is cut, and it is said by how much.
  function cut(frame) {
    for (const box of frame.querySelectorAll(".exhibit > .rows")) {
      const rows = [...box.querySelectorAll("tbody tr")], table = box.querySelector("table");
      table.style.zoom = Math.min(1, box.clientWidth / table.offsetWidth);
      for (let hidden = 1; rows.length > 1 && box.scrollHeight > box.clientHeight + 1; hidden += 1) {
        rows.pop().hidden = true;
        leftOut(box.querySelector(".more"), hidden);
      }
    }
  }

  function printed() {
    if (before) return;
    before = { theme: root.dataset.theme };
    root.classList.add("printing");
    frames.forEach((frame) => { frame.querySelector(".slide").inert = false; });
    Charts.theme("light");
    frames.forEach((frame) => {
      frame.querySelectorAll(".chart").forEach((chart) => Charts.draw(chart, Room.fitted));
      frame.querySelectorAll(".chart.tall").forEach((chart) => {
        const drawn = chart.lastElementChild;
        Object.assign(drawn.style, { transform: `scale(${chart.clientHeight / drawn.offsetHeight})`, transformOrigin: "50% 0" });
      });
      fit(frame, 14);
      cut(frame);
    });
    root.dataset.drawn = "yes";
  }

  function afterwards() {
    if (!before || location.hash === "#print") return;
    document.querySelectorAll(".chart.tall").forEach((chart) => { chart.lastElementChild.style.transform = ""; });
    document.querySelectorAll(".rows > table").forEach((table) => { table.style.zoom = ""; });
    document.querySelectorAll("tbody tr[hidden]").forEach((row) => { row.hidden = false; });
    document.querySelectorAll(".more").forEach((more) => leftOut(more, 0));
    root.classList.remove("printing");
    frames.forEach((frame) => delete frame.dataset.fit);
    Charts.theme(before.theme);
    before = null;
    show(at);
  }

  addEventListener("beforeprint", printed);
  addEventListener("afterprint", afterwards);
  if (!frames.length) return;
  Charts.theme(root.dataset.theme);
  body.classList.add("running");
  new ResizeObserver(scaled).observe(room);
  show(/^#\d+$/.test(location.hash) && !embedded ? Number(location.hash.slice(1)) : Number(body.dataset.at), { address: false });
  if (embedded) window.focus();
  if (location.hash === "#print") printed();
})();
