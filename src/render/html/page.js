"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const state = { input: 0, method: 0, target: 0, alpha: data.alpha, raw: data.raw, pale: true, place: null };

// Elements from text; nothing of the data is ever parsed as markup.
function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

// Numbers, written as everywhere in pellucid.
function number(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e-4 && size < 1e5 ? String(Number(value.toPrecision(3)))
    : value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e");
  return text.replaceAll("-", "−");
}
const signed = (value) => (value > 0 ? "+" : "") + number(value);
function percent(share) {
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  if (share < 1 && share > 0.9995) return "> 99.9 %";
  return (100 * share).toFixed(1) + " %";
}

// Views of one input share model, file, picture and text.
const inputs = [];
for (const view of data.views) {
  const key = JSON.stringify([view.modelPath, view.modelHash, view.input, view.inputHash, view.picture, view.texts]);
  let input = inputs.find((known) => known.key === key);
  if (!input) inputs.push(input = { key, views: [] });
  input.views.push(view);
}
const pictures = data.pictures.map((picture) => {
  const image = new Image();
  const ready = new Promise((resolve) => { image.onload = image.onerror = resolve; });
  image.src = picture.source;
  return { ...picture, image, ready };
});
const tables = Object.fromEntries(Object.entries(data.colormaps).map(([name, text]) =>
  [name, text.match(/.{6}/g).map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)))]));

const view = () => inputs[state.input].views[state.method];
const target = () => view().targets[state.target];
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// Scale: the place of a score in the colour map, and how strongly it asks for attention.
function place(scale, score) {
  if (!(scale.high > scale.low)) return scale.around ? 0.5 : 0;
  return clamp((score - scale.low) / (scale.high - scale.low), 0, 1);
}
function strength(scale, score) {
  if (!(scale.high > scale.low)) return 0;
  if (scale.around) return Math.min(1, Math.abs(score) / scale.high);
  const reach = Math.max(Math.abs(scale.low), Math.abs(scale.high));
  return scale.low < 0 ? Math.min(1, Math.abs(score) / reach) : place(scale, score);
}
const opacity = (scale, score) => 1 - Math.pow(1 - strength(scale, score), 1.5);
const colour = (table, scale, score) => table[Math.round(place(scale, score) * (table.length - 1))];

// Monotone cubic interpolation, rows first (the same as in the PNG).
const tangent = (left, right) => left * right <= 0 ? 0 : 2 * left * right / (left + right);
function readLine(values, first, count, stride, where) {
  const at = clamp(where - 0.5, 0, count - 1), i = Math.floor(at), t = at - i;
  const score = (k) => values[first + clamp(k, 0, count - 1) * stride];
  const s0 = score(i), s1 = score(i + 1), inside = s1 - s0;
  const m0 = tangent(s0 - score(i - 1), inside), m1 = tangent(inside, score(i + 2) - s1);
  return s0 + t * (m0 + t * (3 * inside - 2 * m0 - m1 + t * (m0 + m1 - 2 * inside)));
}
function surface(current, scores, width, height, raw) {
  const { rows, columns } = current;
  const across = Array.from({ length: width }, (_, x) => (x + 0.5) / width / current.coveredWidth * columns);
  const down = Array.from({ length: height }, (_, y) => (y + 0.5) / height / current.coveredHeight * rows);
  const out = new Float64Array(width * height).fill(NaN);
  const wide = new Float64Array(rows * width);
  if (!raw) for (let r = 0; r < rows; r++) {
    for (let x = 0; x < width; x++) wide[r * width + x] = readLine(scores, r * columns, columns, 1, across[x]);
  }
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    if (across[x] >= columns || down[y] >= rows) continue;
    out[y * width + x] = raw ? scores[Math.floor(down[y]) * columns + Math.floor(across[x])]
      : readLine(wide, x, rows, width, down[y]);
  }
  return out;
}

function paint(canvas, current, goal, width, height, options) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#888";
  context.fillRect(0, 0, width, height);
  if (current.picture !== null) context.drawImage(pictures[current.picture].image, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height), bytes = pixels.data;
  const scores = surface(current, goal.scores, width, height, options.raw), table = tables[current.colormap];
  for (let i = 0; i < scores.length; i++) {
    const luma = 0.2126 * bytes[4 * i] + 0.7152 * bytes[4 * i + 1] + 0.0722 * bytes[4 * i + 2];
    const inside = !Number.isNaN(scores[i]);
    const above = colour(table, goal.scale, inside ? scores[i] : 0);
    const weight = inside ? options.alpha * opacity(goal.scale, scores[i]) : 0;
    for (let c = 0; c < 3; c++) {
      let below = bytes[4 * i + c];
      if (options.pale) {
        below += 0.75 * (luma - below);
        below += 0.1 * (255 - below);
      }
      bytes[4 * i + c] = Math.round(below + weight * (above[c] - below));
    }
  }
  context.putImageData(pixels, 0, 0);
}

// The picture's size on the page, and its shape.
function shape(current) {
  if (current.picture !== null) return pictures[current.picture];
  return { width: current.columns, height: current.rows };
}
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
const ninths = ["top left", "top", "top right", "centre left", "centre", "centre right", "bottom left", "bottom", "bottom right"];
function words(current, row, column) {
  const third = (i, count) => Math.floor((6 * i + 3) / (2 * count));
  return ninths[3 * third(row, current.rows) + third(column, current.columns)];
}
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
