const held = new WeakMap();
const PREFIX = "plumbline-grades/";
const VERDICTS = [["pass", "Pass", "P"], ["fail", "Fail", "F"], ["na", "Not applicable", "N"]];
const keyOf = (card) => `${card.output}/${card.again}`;

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".grading");
  const known = held.get(parentElement);
  const one = known && known.desk === data.desk ? known : begin(data, root, known);
  held.set(parentElement, one);
  one.send = (events) => setStateValue("sent", events);
  one.data = data;
  one.heard();
  return () => { window.removeEventListener("keydown", one.pressed); held.delete(parentElement); };
}

function begin(data, root, known) {
  if (known) window.removeEventListener("keydown", known.pressed);
  const place = `${PREFIX}${data.desk}/`, own = `${place}${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  const one = { desk: data.desk, data, card: null, queue: [], marks: new Map(), past: [], at: 0, lost: true, note: "", noting: false };
  one.pending = remembered(place);
  one.resend = one.pending.length > 0;
  let shownAt = performance.now();

  const remember = () => {
    try {
      if (one.pending.length) localStorage.setItem(own, JSON.stringify(one.pending));
      else localStorage.removeItem(own);
    } catch { /* a browser that keeps nothing: what was sent is in the lake all the same */ }
  };
  const tell = (event) => {
    one.pending.push({ ...event, id: crypto.getRandomValues(new Uint32Array(3)).join("-") });
    remember();
    one.send(one.pending.slice());
  };
  const marksOf = (card) => {
    if (!one.marks.has(keyOf(card))) one.marks.set(keyOf(card), { ...card.given });
    return one.marks.get(keyOf(card));
  };
  const firstOpen = (card) => Math.max(0, card.criteria.findIndex((each) => !(each.criterion in marksOf(card))));
  const show = (card) => {
    one.card = card || null;
    one.at = card ? firstOpen(card) : 0;
    [one.note, one.noting] = ["", false];
    shownAt = performance.now();
    draw();
    root.querySelector(".reply")?.scrollTo(0, 0);
  };
  const next = () => show(one.queue.shift());

  one.give = (verdict) => {
    const card = one.card;
    if (!card || one.data.locked) return;
    const each = card.criteria[one.at], marks = marksOf(card);
    one.past.push({ card, criterion: each.criterion, before: marks[each.criterion] });
    marks[each.criterion] = verdict;
    tell({ kind: "grade", output: card.output, again: card.again, criterion: each.criterion, version: each.version, verdict, note: one.note,
           seconds: (performance.now() - shownAt) / 1000 });
    say(`${each.name}: ${VERDICTS.find(([own]) => own === verdict)[1]}`);
    if (card.criteria.every((other) => other.criterion in marks)) return next();
    one.at = firstOpen(card);
    [one.note, one.noting] = ["", false];
    shownAt = performance.now();
    draw();
  };
  one.skip = () => {
    if (!one.card || one.data.locked) return;
    one.past.push({ card: one.card, skipped: true });
    tell({ kind: "skip", output: one.card.output, again: one.card.again });
    say("Put off");
    next();
  };
  one.undo = () => {
    if (one.data.locked) return;
    const last = one.past.pop();
    if (last?.skipped) tell({ kind: "unskip", output: last.card.output });
    else tell({ kind: "undo" });
    say("Taken back");
    if (!last) { one.lost = true; return draw(); }
    if (!last.skipped) {
      const marks = marksOf(last.card);
      if (last.before === undefined) delete marks[last.criterion];
      else marks[last.criterion] = last.before;
    }
    if (one.card && one.card !== last.card) one.queue.unshift(one.card);
    show(last.card);
    if (!last.skipped) { one.at = last.card.criteria.findIndex((each) => each.criterion === last.criterion); draw(); }
  };
  one.openNote = () => {
    if (!one.card || one.data.locked) return;
    one.noting = true;
    draw();
    root.querySelector("textarea")?.focus();
  };

  one.heard = () => {
    const acked = new Set(one.data.acked);
    if (acked.size) {
      one.pending = one.pending.filter((event) => !acked.has(event.id));
      forget(place, acked);
      remember();
    }
    if (one.resend && one.pending.length) { one.resend = false; one.send(one.pending.slice()); return draw(); }
    if (!one.pending.length) {
      const again = one.lost || !one.card || one.words !== one.data.words;
      if (one.words !== undefined && one.words !== one.data.words) { one.marks.clear(); one.past = []; }
      one.words = one.data.words;
      if (again) {
        if (one.lost) one.marks.clear();
        one.lost = false;
        one.queue = one.data.cards.slice();
        return next();
      }
      one.queue = one.data.cards.filter((card) => keyOf(card) !== keyOf(one.card));
    } else if (one.card) {
      // what is not kept yet is still among the server's next ones, and must not come twice
      const gone = new Set([keyOf(one.card), ...one.pending.map((event) => keyOf(event))]);
      const there = new Set(one.queue.map(keyOf));
      one.queue.push(...one.data.cards.filter((card) => !gone.has(keyOf(card)) && !there.has(keyOf(card)) && one.words === one.data.words));
    }
    draw();
  };

  one.pressed = (event) => {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || !root.isConnected) return;
    if (target.matches?.("input, textarea, select, [contenteditable], [role=combobox], [role=option]")) return;
    const name = event.key.toLowerCase();
    if ((name === " " || name === "enter") && target.matches?.("button, a, summary, [role=button], [role=radio], [role=tab]")) return;
    const keys = { p: () => one.give("pass"), f: () => one.give("fail"), n: () => one.give("na"), u: one.undo, m: one.openNote,
                   " ": one.skip, enter: one.skip };
    if (/^[1-9]$/.test(name) && one.card?.criteria[name - 1]) { one.at = name - 1; draw(); }
    else if (keys[name] && !event.repeat) keys[name]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener("keydown", one.pressed);

  const say = (words) => { root.querySelector(".said").textContent = words; };
  const draw = () => drawn(one, root, marksOf, draw);
  return one;
}

function remembered(place) {
  const found = new Map();
  try {
    for (const name of Object.keys(localStorage).filter((each) => each.startsWith(place)))
      for (const event of JSON.parse(localStorage.getItem(name))) found.set(event.id, event);
  } catch { /* nothing that could be read */ }
  return [...found.values()];
}

function forget(place, acked) {
  try {
    for (const name of Object.keys(localStorage).filter((each) => each.startsWith(place))) {
      const left = JSON.parse(localStorage.getItem(name)).filter((event) => !acked.has(event.id));
      if (left.length) localStorage.setItem(name, JSON.stringify(left));
      else localStorage.removeItem(name);
    }
  } catch { /* nothing that could be read */ }
}

function made(tag, name, words, parent) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (words !== undefined) node.textContent = words;
  parent?.append(node);
  return node;
}

function drawn(one, root, marksOf, again) {
  const { data, card } = one;
  root.querySelector(".how-far").textContent = data.far;
  root.querySelector("progress").value = data.share;
  root.querySelector(".kept").textContent = data.problem || (one.pending.length ? `keeping ${one.pending.length}…` : "all kept");
  root.querySelector(".empty").textContent = card ? "" : one.pending.length || one.lost ? "One moment…" : data.empty;
  root.querySelector(".card").hidden = !card;
  for (const [name, act] of [["undo", one.undo], ["next", one.skip], ["note", one.openNote]]) {
    const button = root.querySelector(`.${name}`);
    button.onclick = act;
    button.disabled = data.locked || (name !== "undo" && !card);
  }
  if (!card) return;
  if (root.dataset.shown !== keyOf(card)) {
    root.dataset.shown = keyOf(card);
    root.querySelector("details").open = false;
    root.querySelector(".prompt").textContent = card.prompt;
    root.querySelector(".reply").textContent = card.reply;
  }
  const marks = marksOf(card), list = root.querySelector(".criteria");
  list.replaceChildren();
  card.criteria.forEach((each, at) => {
    const row = made("li", at === one.at ? "criterion now" : "criterion", undefined, list);
    const words = made("button", "words", undefined, row);
    words.setAttribute("aria-label", `Criterion ${at + 1}: ${each.name}. ${each.text}`);
    words.setAttribute("aria-current", at === one.at ? "true" : "false");
    words.onclick = () => { one.at = at; again(); };
    if (at < 9) made("kbd", "", String(at + 1), words);
    const told = made("span", "", undefined, words);
    made("strong", "", each.name, told);
    if (each.text) made("span", "text", ` ${each.text}`, told);
    const group = made("span", "verdicts", undefined, row);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", `Verdict on ${each.name}`);
    for (const [own, label, letter] of VERDICTS) {
      const button = made("button", `verdict ${own}`, label, group);
      made("kbd", "", letter, button);
      button.setAttribute("aria-label", `${label}: ${each.name}`);
      button.setAttribute("aria-pressed", marks[each.criterion] === own ? "true" : "false");
      button.disabled = data.locked;
      button.onclick = () => { one.at = at; one.give(own); };
    }
  });
  const noting = root.querySelector(".noting"), field = root.querySelector("textarea");
  noting.hidden = !one.noting;
  noting.firstElementChild.textContent = `Note on ${card.criteria[one.at].name}, kept with the verdict you give next; Enter ends it`;
  if (field.value !== one.note) field.value = one.note;
  field.oninput = () => { one.note = field.value; };
  field.onkeydown = (event) => {
    if (event.key === "Escape" || (event.key === "Enter" && !event.shiftKey)) { event.preventDefault(); field.blur(); }
  };
}
