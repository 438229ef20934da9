const state = { input: 0, method: 0, target: 0, alpha: data.alpha, raw: data.raw, pale: true, place: null };

// Views of one input share model, file, picture and text.
const inputs = [];
for (const view of data.views) {
  const key = JSON.stringify([view.modelPath, view.modelHash, view.input, view.inputHash, view.picture, view.texts]);
  let input = inputs.find((known) => known.key === key);
  if (!input) inputs.push(input = { key, views: [] });
  input.views.push(view);
}
const view = () => inputs[state.input].views[state.method];
const target = () => view().targets[state.target];

function drawMap() {
  const current = view(), goal = target(), text = isText(current);
  $("stage").hidden = text || !current.planar;
  $("list").hidden = text || current.planar;
  $("texts").hidden = $("text-controls").hidden = !text;
  $("controls").hidden = $("counting").hidden = text || !current.planar;
  $("bar").classList.toggle("of-text", text);
  if (text) return drawText();
  if (!current.planar) return drawList(current, goal);
  const { width, height } = shape(current);
  $("stage").style.aspectRatio = `${width} / ${height}`;
  $("stage").style.maxWidth = `min(100%, ${Math.round(704 * width / Math.max(width, height))}px)`;
  const shown = $("stage").getBoundingClientRect().width || 600;
  const across = Math.round(Math.min(1100, shown * (window.devicePixelRatio || 1)));
  paint($("map"), current, goal, across, Math.max(1, Math.round(across * height / width)), state);
  $("map").setAttribute("aria-label", `Scores of ${current.name} for ${goal.label} over ${current.input}. Arrow keys read single places.`);
}
function drawList(current, goal) {
  const table = tables[current.colormap];
  $("list").replaceChildren(...goal.scores.map((score, i) => {
    const chip = element("button", { className: "chip", type: "button", textContent: `token ${i}` });
    chip.style.background = `rgb(${colour(table, goal.scale, score).join(" ")} / ${Math.round(100 * opacity(goal.scale, score) * state.alpha)}%)`;
    chip.onfocus = chip.onmouseenter = () => show({ row: 0, column: i });
    return chip;
  }));
}

function drawScale() {
  if (isText(view())) return drawTextScale();
  $("bar").hidden = $("ends").hidden = false;
  const current = view(), { scale, range } = target(), table = tables[current.colormap];
  const stops = Array.from({ length: 33 }, (_, i) => {
    const score = scale.low + (scale.high - scale.low) * i / 32;
    return `rgb(${colour(table, scale, score).join(" ")} / ${Math.round(100 * opacity(scale, score) * state.alpha)}%)`;
  });
  $("bar").style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
  const words = current.signed && scale.around;
  if (scale.low === scale.high) {
    $("ends").replaceChildren(element("span", { textContent: `every score is ${number(scale.low)}` }));
  } else {
    const parts = [range[0] + (words ? "  against" : ""), ...(scale.around ? ["0"] : []), (words ? "for  " : "") + range[1]];
    $("ends").replaceChildren(...parts.map((text) => element("span", { textContent: text })));
  }
  const notes = [];
  if (current.note) notes.push("Scores " + current.note + ".");
  if (scale.saturated) notes.push("Scores outside the scale have the colours of its ends.");
  $("scale-note").textContent = notes.join(" ");
}

// The score under the pointer, the keyboard's cursor, or of a token outside the picture.
const scoreText = (score) => view().signed ? signed(score) : number(score);
function show(at) {
  if (isText(view())) return showUnit(at);
  $("tip").hidden = true;
  state.place = at;
  const current = view(), goal = target(), cell = $("cell");
  cell.hidden = !at || at.special !== undefined || !current.planar;
  $("pin").hidden = !at;
  if (!at) {
    $("readout").replaceChildren(element("span", { className: "quiet",
      textContent: current.planar ? "Point at a place or touch it; on the keyboard, use the arrow keys." : "Point at a token or touch it." }));
    return;
  }
  const special = at.special !== undefined ? goal.special[at.special] : null;
  const score = special ? special.score : goal.scores[at.row * current.columns + at.column];
  const where = special ? `${special.name} token` : !current.planar ? `token ${at.column}`
    : `row ${at.row}, column ${at.column} · ${words(current, at.row, at.column)}`;
  $("readout").replaceChildren(element("span", { textContent: where }), element("strong", { className: "number", textContent: scoreText(score) }));
  $("pin").style.left = `${100 * place(goal.scale, score)}%`;
  if (cell.hidden) return;
  const high = 100 * current.coveredHeight / current.rows, wide = 100 * current.coveredWidth / current.columns;
  Object.assign(cell.style, { top: `${at.row * high}%`, left: `${at.column * wide}%`, height: `${high}%`, width: `${wide}%` });
}
function pointed(event) {
  const box = $("map").getBoundingClientRect(), current = view();
  const column = Math.floor((event.clientX - box.left) / box.width / current.coveredWidth * current.columns);
  const row = Math.floor((event.clientY - box.top) / box.height / current.coveredHeight * current.rows);
  const inside = row >= 0 && column >= 0 && row < current.rows && column < current.columns;
  show(inside ? { row, column } : null);
}
$("map").addEventListener("pointermove", pointed);
$("map").addEventListener("pointerdown", pointed);
$("map").addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") show(null); });
$("map").addEventListener("keydown", (event) => {
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  if (event.key === "Escape") return show(null);
  if (!steps[event.key]) return;
  event.preventDefault();
  const current = view();
  const from = state.place?.row === undefined ? strongest(1)[0] ?? { row: 0, column: 0 } : state.place;
  const [down, right] = state.place?.row === undefined ? [0, 0] : steps[event.key];
  show({ row: clamp(from.row + down, 0, current.rows - 1), column: clamp(from.column + right, 0, current.columns - 1) });
});

function strongest(count) {
  const { scores } = target(), { columns } = view();
  const order = scores.map((score, i) => i).filter((i) => scores[i] !== 0);
  order.sort((a, b) => Math.abs(scores[b]) - Math.abs(scores[a]) || a - b);
  return order.slice(0, count).map((i) => ({ row: Math.floor(i / columns), column: i % columns, score: scores[i] }));
}
function drawPlaces() {
  $("places-title").textContent = isText(view()) ? (textState.unit === "words" ? "Strongest words" : "Strongest pieces") : "Strongest places";
  if (isText(view())) return drawStrongestUnits();
  const current = view(), goal = target(), table = tables[current.colormap];
  const heads = current.planar ? ["place", "row", "column", "score"] : ["token", "score"];
  $("columns").replaceChildren(...heads.map((text) => element("th", { textContent: text, scope: "col" })));
  $("places").replaceChildren(...strongest(8).map((found) => {
    const swatch = element("span", { className: "swatch" });
    swatch.style.background = `rgb(${colour(table, goal.scale, found.score).join(" ")})`;
    const name = current.planar ? words(current, found.row, found.column) : `token ${found.column}`;
    const button = element("button", { type: "button", textContent: name });
    button.onclick = button.onfocus = button.onmouseenter = () => show(found);
    const cells = [element("td", {}, swatch, button)];
    if (current.planar) cells.push(...[found.row, found.column].map((n) => element("td", { className: "number", textContent: String(n) })));
    cells.push(element("td", { className: "number", textContent: scoreText(found.score) }));
    return element("tr", {}, ...cells);
  }));
}
function drawSpecial() {
  const { special } = target(), text = isText(view());
  $("special-title").textContent = text ? "Tokens outside the text" : "Tokens outside the picture";
  $("special-card").hidden = special.length === 0;
  $("special").replaceChildren(...special.map((token, i) => {
    const chip = element("button", { className: "chip", type: "button" },
      element("span", { className: "quiet", textContent: text ? `${token.name}  ` : `${token.name} token  ` }),
      element("span", { className: "number", textContent: scoreText(token.score) }));
    chip.onclick = chip.onfocus = chip.onmouseenter = () => show({ special: i });
    return chip;
  }));
}
function drawFacts() {
  const current = view(), goal = target();
  $("method-name").textContent = current.name;
  $("label").textContent = goal.label;
  const facts = [["probability", goal.probability === null ? null : percent(goal.probability)],
    ["value", number(goal.value)], ["target", goal.spec || null]];
  $("facts").replaceChildren(...facts.filter(([, text]) => text !== null).map(([name, text]) =>
    element("div", {}, element("dt", { textContent: name }), element("dd", { textContent: text }))));
  $("meter").hidden = goal.probability === null;
  $("meter").firstElementChild.style.width = `${100 * (goal.probability ?? 0)}%`;
  $("subtitle").textContent = [current.input, "model " + current.model].join(" · ");
}
function drawCertificate() {
  const current = view(), goal = target();
  const lines = goal.gaps.map((gap) => element("li", {}, gap.text, ...(gap.note ? [element("small", { textContent: gap.note })] : [])));
  lines.push(element("li", { textContent: current.effort }));
  if (current.targetFree) lines.push(element("li", { textContent: "This method's scores are the same for every target." }));
  for (const note of current.notes) lines.push(element("li", { className: "warn", textContent: note }));
  if (current.modelHash) lines.push(element("li", { className: "hash", textContent: `model ${current.modelPath} · sha256 ${current.modelHash}` }));
  if (current.inputHash) lines.push(element("li", { className: "hash", textContent: `input ${current.input} · sha256 ${current.inputHash}` }));
  $("certificate").replaceChildren(...lines);
}

// Switches: radio buttons, so that keyboards and screen readers know them.
function fill(id, items, chosen, choose, thumbnail) {
  const box = $(id);
  box.hidden = items.length < 2;
  if (box.hidden) return;
  box.lastElementChild.replaceChildren(...items.map((item, i) => {
    const input = element("input", { type: "radio", name: id, checked: i === chosen });
    input.onchange = () => choose(i);
    const text = element("span", {}, element("b", { textContent: item.title, dir: "auto" }), ...(item.note ? [element("small", { textContent: item.note })] : []));
    const canvas = thumbnail(i);
    return element("label", { className: "choice", title: item.title }, input, element("span", {}, ...(canvas ? [canvas] : []), text));
  }));
}
function thumbnail(current, goal, alpha) {
  if (isText(current) || !current.planar || (current.picture === null && alpha === 0)) return null;
  const { width, height } = shape(current), canvas = element("canvas");
  paint(canvas, current, goal, 104, Math.max(1, Math.round(104 * height / width)), { ...state, alpha, raw: false, pale: alpha > 0 });
  return canvas;
}
function drawSwitches() {
  const keep = (draw) => { const name = document.activeElement?.name; draw(); document.querySelector(`input[name="${name}"]:checked`)?.focus(); };
  const again = (change) => () => keep(() => { change(); state.place = null; draw(); });
  const { views } = inputs[state.input];
  fill("inputs", inputs.map(({ views: [first] }) => ({ title: isText(first) ? first.excerpt : first.input,
    note: new Set(inputs.map((i) => i.views[0].model)).size > 1 ? first.model : isText(first) ? first.input : "" })),
    state.input, (i) => again(() => { state.input = i; state.method = Math.min(state.method, inputs[i].views.length - 1); })(),
    (i) => thumbnail(inputs[i].views[0], inputs[i].views[0].targets[0], 0));
  fill("methods", views.map((one) => ({ title: one.name })), state.method, (i) => again(() => { state.method = i; })(),
    (i) => thumbnail(views[i], views[i].targets[Math.min(state.target, views[i].targets.length - 1)], state.alpha || data.alpha));
  fill("targets", view().targets.map((goal) => ({ title: goal.label, note: goal.probability === null ? goal.spec : percent(goal.probability) })),
    state.target, (i) => again(() => { state.target = i; })(), (i) => thumbnail(view(), view().targets[i], state.alpha || data.alpha));
}
function draw() {
  state.target = Math.min(state.target, view().targets.length - 1);
  if (isText(view())) drawTextControls();
  drawSwitches();
  drawFacts();
  drawMap();
  drawScale();
  drawPlaces();
  drawSpecial();
  drawCertificate();
  show(state.place);
}

function redraw() {
  $("tip").hidden = true;
  cancelAnimationFrame(redraw.frame);
  redraw.frame = requestAnimationFrame(() => { if (!isText(view())) drawMap(), drawScale(); });
}
$("opacity").value = Math.round(100 * state.alpha);
$("opacity-text").value = `${$("opacity").value} %`;
$("opacity").oninput = (event) => {
  state.alpha = event.target.value / 100;
  $("opacity-text").value = `${event.target.value} %`;
  redraw();
};
for (const input of document.querySelectorAll("input[name=surface]")) {
  input.checked = (input.value === "raw") === state.raw;
  input.onchange = () => { state.raw = input.value === "raw"; redraw(); };
}
for (const input of document.querySelectorAll("input[name=picture]")) {
  input.onchange = () => { state.pale = input.value === "pale"; redraw(); };
}
window.addEventListener("resize", redraw);
document.title = data.title;
$("title").textContent = data.title;
Promise.all(pictures.map((picture) => picture.ready)).then(draw);
