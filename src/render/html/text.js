// Texts: real text nodes, one span per word or piece.
const textState = { unit: "words", numbers: false, rows: "one", own: true };
// One text in the colours of one view and target.
function textRow(current, goal, number) {
  const units = unitsOf(current), scores = scoresOf(goal), row = element("div", { className: "row" });
  const spans = scores.map((score, i) => {
    const span = element("span", { className: "unit", tabIndex: -1 });
    colourText(span, current, score);
    span.dataset.score = scoreIn(current, score);
    span.setAttribute("role", "img");
    span.onmouseenter = span.onfocus = () => showUnit({ row: number, unit: i });
    span.onclick = () => span.focus();
    return span;
  });
  if (spans.length) spans[0].tabIndex = 0;
  units.sequences.forEach((parts, sequence) => {
    if (units.sequences.length > 1) row.append(element("h4", { textContent: sequence ? "Second text" : "First text" }));
    const line = element("p", { className: "text", dir: "auto" });
    for (const [kind, text, unit] of parts) {
      if (kind !== "unit") {
        line.append(kind === "between" ? text : element("span", { className: kind, textContent: text }));
        continue;
      }
      spans[unit].textContent = text;
      spans[unit].setAttribute("aria-label", `${text}: ${scoreIn(current, scores[unit])}, ${meaningOf(current, goal, scores[unit])}`);
      line.append(spans[unit]);
    }
    row.append(line);
  });
  row.addEventListener("keydown", (event) => stepUnit(event, spans));
  row.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse" && !row.contains(document.activeElement)) showUnit(null); });
  return row;
}
function stepUnit(event, spans) {
  const at = spans.indexOf(event.target), right = at < 0 || getComputedStyle(spans[at].parentElement).direction === "ltr" ? 1 : -1;
  const to = { ArrowLeft: at - right, ArrowUp: at - 1, ArrowRight: at + right, ArrowDown: at + 1, Home: 0, End: spans.length - 1 }[event.key];
  if (event.key === "Escape") { event.target.blur(); showUnit(null); }
  if (to === undefined || at < 0) return;
  event.preventDefault();
  const next = spans[clamp(to, 0, spans.length - 1)];
  for (const span of spans) span.tabIndex = span === next ? 0 : -1;
  next.focus();
}

// Which views and targets are shown below each other.
function textRows() {
  const { views } = inputs[state.input];
  if (textState.rows === "methods") {
    return views.filter(isText).map((one) => ({ current: one, goal: one.targets[Math.min(state.target, one.targets.length - 1)], title: one.name }));
  }
  if (textState.rows === "targets") return view().targets.map((goal) => ({ current: view(), goal, title: goal.label }));
  return [{ current: view(), goal: target(), title: "" }];
}
function drawText() {
  const rows = textRows(), box = $("texts");
  box.className = ["texts", textState.unit, ...(textState.numbers ? ["numbers"] : [])].join(" ");
  box.replaceChildren(...rows.map(({ current, goal, title }, i) => {
    const row = textRow(current, goal, i);
    if (title) row.prepend(element("h3", { textContent: title, dir: "auto" }));
    if (rows.length > 1 && !isEmpty(current)) row.append(meaning(current, goal));
    return row;
  }));
  const current = view();
  for (const text of [isEmpty(current) ? current.noWords : "", current.cut]) {
    if (text) box.prepend(element("p", { className: "notice", textContent: text }));
  }
}
function drawTextScale() {
  const current = view(), goal = target(), rows = textRows().length;
  const full = fullOf(current), palette = data.palettes[current.palette];
  $("bar").hidden = $("ends").hidden = rows > 1 || !(full > 0);
  $("bar").style.background = "";  // of a picture's map
  $("scale-note").replaceChildren(...(rows > 1 || isEmpty(current) ? [] : [meaning(current, goal)]));
  if (current.note) $("scale-note").append(`Scores ${current.note}.`);
  const steps = palette.lightInk.length - 1, first = current.signed ? 0 : steps / 2;
  for (const side of ["light", "dark"]) {
    const stops = Array.from({ length: 33 }, (_, i) => {
      const at = first + Math.round((steps - first) * i / 32);
      return "#" + palette[side].slice(6 * at, 6 * at + 6);
    });
    $("bar").style.setProperty(`--${side}-bar`, `linear-gradient(90deg, ${stops.join(", ")})`);
  }
  const ends = current.signed ? [signed(-full), "0", signed(full)] : ["0", number(full)];
  $("ends").replaceChildren(...ends.map((text) => element("span", { textContent: text })));
}

// The score under the pointer or the keyboard's cursor.
function showUnit(at) {
  state.place = at;
  for (const span of document.querySelectorAll(".unit.shown")) span.classList.remove("shown");
  $("tip").hidden = true;
  $("pin").hidden = !at || at.special !== undefined;
  if (!at) {
    $("readout").replaceChildren(element("span", { className: "quiet", textContent: isEmpty(view()) ? "" : "Point at a word or touch it; on the keyboard, use Tab and the arrow keys." }));
    return;
  }
  if (at.special !== undefined) {
    const token = target().special[at.special];
    return readOut([token.name, token.special ? "special token" : "no place in the text"], scoreIn(view(), token.score));
  }
  const { current, goal, title } = textRows()[at.row], score = scoresOf(goal)[at.unit];
  const span = $("texts").querySelectorAll(".row")[at.row].querySelectorAll(".unit")[at.unit];
  const made = unitsOf(current).pieces[at.unit].join(" ");
  const facts = [title, span.textContent, made === span.textContent ? "" : made, meaningOf(current, goal, score)];
  readOut(facts.filter((text) => text !== ""), scoreIn(current, score));
  span.classList.add("shown");
  const full = fullOf(current), share = full > 0 ? clamp(score / full, -1, 1) : 0;
  $("pin").style.left = `${100 * (current.signed ? (share + 1) / 2 : Math.max(0, share))}%`;
  tip(span, scoreIn(current, score));
}
function readOut(facts, score) {
  const line = element("span");
  facts.forEach((text, i) => line.append(...(i ? [" · "] : []), element("bdi", { textContent: text })));
  $("readout").replaceChildren(line, element("strong", { className: "number", textContent: score }));
}
function tip(span, text) {
  const box = span.getClientRects()[0], card = span.closest(".card").getBoundingClientRect();
  Object.assign($("tip"), { textContent: text, hidden: false });
  const half = $("tip").offsetWidth / 2;
  $("tip").style.left = `${clamp(box.left + box.width / 2 - card.left, half + 4, card.width - half - 4)}px`;
  $("tip").style.top = `${box.top - card.top - 6}px`;
}

function drawStrongestUnits() {
  const current = view(), goal = target(), scores = scoresOf(goal), units = unitsOf(current);
  const texts = units.sequences.flat().filter(([kind]) => kind === "unit");
  const name = new Map(texts.map(([, text, unit]) => [unit, text]));
  const order = scores.map((_, i) => i).filter((i) => scores[i] !== 0);
  order.sort((a, b) => Math.abs(scores[b]) - Math.abs(scores[a]) || a - b);
  $("columns").replaceChildren(...[textState.unit === "words" ? "word" : "piece", "score"].map((text) => element("th", { textContent: text, scope: "col" })));
  $("places").replaceChildren(...order.slice(0, 8).map((unit) => {
    const swatch = element("span", { className: "swatch of-text" });
    colourText(swatch, current, scores[unit]);
    const button = element("button", { type: "button", textContent: name.get(unit) });
    const row = textState.rows === "methods" ? inputs[state.input].views.filter(isText).indexOf(current) : textState.rows === "targets" ? state.target : 0;
    button.onclick = button.onfocus = button.onmouseenter = () => showUnit({ row, unit });
    return element("tr", {}, element("td", {}, swatch, button), element("td", { className: "number", textContent: scoreIn(current, scores[unit]) }));
  }));
}
function drawTextControls() {
  const { views } = inputs[state.input], units = unitsOf(view());
  const several = { methods: views.filter(isText).length > 1, targets: view().targets.length > 1 };
  if (textState.rows !== "one" && !several[textState.rows]) textState.rows = "one";
  $("rows").hidden = !several.methods && !several.targets;
  $("scales").hidden = units.own === units.all;
  for (const input of document.querySelectorAll("input[name=rows]")) {
    input.closest(".choice").hidden = input.value !== "one" && !several[input.value];
  }
  const chosen = { unit: textState.unit, numbers: textState.numbers ? "shown" : "hidden", rows: textState.rows, scales: textState.own ? "own" : "all" };
  for (const [name, value] of Object.entries(chosen)) {
    for (const input of document.querySelectorAll(`input[name=${name}]`)) input.checked = input.value === value;
  }
}
for (const [name, change] of Object.entries({
  unit: (value) => { textState.unit = value; }, numbers: (value) => { textState.numbers = value === "shown"; },
  rows: (value) => { textState.rows = value; }, scales: (value) => { textState.own = value === "own"; },
})) {
  for (const input of document.querySelectorAll(`input[name=${name}]`)) {
    input.onchange = () => { change(input.value); state.place = null; draw(); };
  }
}
