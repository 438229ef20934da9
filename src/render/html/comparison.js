// The page that compares methods: everything that is chosen is shown, input by input and target by target.
const textState = { unit: "words", numbers: false, own: true };
const { methods, comparison } = data;
const state = { alpha: data.alpha, raw: data.raw, pale: true };
const kPlural = { patch: "patches", token: "tokens", element: "elements" };
const letter = (i) => i < 26 ? String.fromCharCode(65 + i) : `${letter(Math.floor(i / 26) - 1)}${letter(i % 26)}`;
const known = data.views[0];
const targetCount = known.targets.length;
const chosen = { inputs: data.inputs.map(() => true), targets: known.targets.map(() => true), methods: methods.map(() => true) };
const plural = (count, word, words = word + "s") => `${count} ${count === 1 ? word : words}`;
const places = (count) => plural(count, comparison.place, kPlural[comparison.place]);
const shownMethods = () => methods.map((_, i) => i).filter((i) => chosen.methods[i]);
const comparedShown = () => shownMethods().filter((i) => methods[i].compared !== null);
const badge = (i) => element("i", { className: "letter", textContent: letter(i) });
const hiddenText = (text) => element("span", { className: "visually-hidden", textContent: text });
const svgNode = (tag, attributes = {}, ...children) => {
  const node = document.createElementNS($("drawing").namespaceURI, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const card = (...children) => element("div", { className: "card" }, ...children);
const quiet = (text) => element("p", { className: "quiet small", textContent: text });

// What a method cost: passes are counted; times only where they were measured.
const passes = (method) => `${plural(method.forward, "forward", "forward")}, ${plural(method.backward, "backward pass", "backward passes")}`;
const cost = (method) => `cost: ${passes(method)} (counted)` +
  (method.measured === null ? "" : `, ${number(method.measured)} × a forward pass (measured)`);

// A table of methods against methods.
function matrix(caption, note, values, text, hue, meaning) {
  const order = comparedShown(), table = element("table", { className: "matrix" });
  const head = element("tr", {}, element("th", { scope: "col" }, hiddenText("Method")),
    ...order.map((j) => element("th", { scope: "col" }, badge(j), hiddenText(` ${methods[j].name}`))));
  const rows = order.map((i) => element("tr", {},
    element("th", { scope: "row" }, element("span", {}, badge(i), methods[i].name)),
    ...order.map((j) => {
      const value = values[methods[i].compared][methods[j].compared];
      const cell = element("td", { textContent: value === null ? "–" : text(value), title: value === null ? "not defined: all scores are equal" : meaning(methods[i].name, methods[j].name, text(value)) });
      cell.style.setProperty("--hue", hue(value ?? 0));
      cell.style.setProperty("--share", `${Math.round(45 * Math.min(1, Math.abs(value ?? 0)))}%`);
      return cell;
    })));
  table.append(element("caption", {}, caption, element("small", { textContent: note })), element("thead", {}, head), element("tbody", {}, ...rows));
  const box = element("div", { className: "scrolling", tabIndex: 0 }, table);
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", caption);
  return box;
}
const fixed = (value, digits) => value.toFixed(digits).replace("-", "−");
function agreement(found, sample, over) {
  const left = shownMethods().filter((i) => methods[i].compared === null);
  const box = card();
  if (comparedShown().length > 1) box.append(
    matrix(`Rank correlation${over}`, sample ? `Spearman, over ${places(sample.places)}; 1: the same order, 0: none in common` : "Spearman; 1: the same order, 0: none in common",
      found.rank_correlation, (value) => fixed(value, 2), (value) => value < 0 ? "var(--minus)" : "var(--plus)", (a, b, text) => `${a} and ${b}: rank correlation ${text}`),
    matrix(sample ? `The strongest ${places(sample.strongest)} in common` : `The strongest places in common${over}`,
      sample ? `share of the ${sample.strongest} with the highest scores that both name; ${percent(sample.strongest / Math.max(1, sample.places))} by chance` : "share of the tenth with the highest scores (three at least) that both name",
      found.overlap, (value) => `${Math.round(100 * value)} %`, () => "var(--plus)", (a, b, text) => `${a} and ${b} have ${text} of the strongest in common`));
  else box.append(quiet("Agreement needs two methods with one score for every place."));
  for (const i of left) box.append(quiet(`${methods[i].name} is left out here: ${methods[i].leftOut}.`));
  return box;
}

// Deletion curves.
const narrow = window.matchMedia("(max-width: 560px)");
const kDashes = ["", "9 4", "2.5 4", "12 4 2.5 4"];
const dashOf = (i) => kDashes[Math.floor(i / 2) % kDashes.length];
function strip(lineClass, dash) {
  const box = svgNode("svg", { class: `sample ${lineClass}`, viewBox: "0 0 30 10", "aria-hidden": "true" });
  box.append(svgNode("line", { x1: 1, x2: 29, y1: 5, y2: 5, "stroke-width": 2.5, "stroke-dasharray": dash }));
  return box;
}
function niceRange(low, high) {
  const span = high - low || Math.abs(high) || 1, raw = span / 4, power = Math.pow(10, Math.floor(Math.log10(raw)));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= raw * .999);
  const first = Math.floor(low / step + 1e-9), last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}
function chart(found, sample, label) {
  const width = narrow.matches ? 340 : 560, height = narrow.matches ? 250 : 300, box = { left: 46, right: 12, top: 10, bottom: 44 };
  const order = comparedShown(), all = [...order.map((i) => found.curves[methods[i].compared]), ...(found.random ? [found.random] : [])];
  const values = all.flatMap((curve) => curve.values), probability = found.curves_of === "probability";
  const most = Math.max(0, ...values);
  const ticks = probability && most > .6 ? [0, .25, .5, .75, 1] : niceRange(Math.min(0, ...values), most);
  const low = ticks[0], high = ticks.at(-1);
  const x = (share) => box.left + share * (width - box.left - box.right);
  const y = (value) => height - box.bottom - (value - low) / (high - low) * (height - box.top - box.bottom);
  const svg = svgNode("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  svg.setAttribute("aria-label", `Deletion curves for ${label}: ${order.map((i) => `${methods[i].name} area ${number(found.curves[methods[i].compared].area)}`).join(", ")}${found.random ? `, random order ${number(found.random.area)}` : ""}. The numbers are in the table below.`);
  for (const tick of ticks) svg.append(svgNode("line", { class: "axis", x1: box.left, x2: width - box.right, y1: y(tick), y2: y(tick) }),
    svgNode("text", { x: box.left - 8, y: y(tick) + 4, "text-anchor": "end" }, probability ? `${number(100 * tick)} %` : number(tick)));
  for (const tick of narrow.matches ? [0, .5, 1] : [0, .25, .5, .75, 1]) svg.append(svgNode("text", { x: x(tick), y: height - box.bottom + 18, "text-anchor": tick === 0 ? "start" : tick === 1 ? "end" : "middle" }, `${100 * tick} %`));
  svg.append(svgNode("text", { x: x(.5), y: height - 6, "text-anchor": "middle" }, `of the ${kPlural[comparison.place]} removed, the strongest first`));
  const share = sample.removed.map((count) => count / sample.places);
  const line = (curve, lineClass, dash) => svgNode("polyline", { class: `line ${lineClass}`, "stroke-dasharray": dash, points: curve.values.map((value, i) => `${x(share[i]).toFixed(1)},${y(value).toFixed(1)}`).join(" ") });
  if (found.random) svg.append(line(found.random, "cr", "1 5"));
  for (const i of order) svg.append(line(found.curves[methods[i].compared], `c${i % 8}`, dashOf(i)));
  order.forEach((i, at) => {
    const curve = found.curves[methods[i].compared], point = Math.min(share.length - 1, 1 + at % Math.max(1, share.length - 2));
    svg.append(svgNode("text", { class: `mark c${i % 8}`, x: x(share[point]), y: y(curve.values[point]) }, letter(i)));
  });
  return svg;
}
const curveRows = (found) => [
  ...comparedShown().map((i) => ({ head: [strip(`c${i % 8}`, dashOf(i)), badge(i), methods[i].name], curve: found.curves[methods[i].compared] })),
  ...(found.random ? [{ head: [strip("cr", "1 5"), "random order"], curve: found.random, random: true }] : [])];
function numbersTable(caption, note, heads, rows) {
  const table = element("table", { className: "numbers-table" });
  table.append(element("caption", {}, caption, element("small", { textContent: note })),
    element("thead", {}, element("tr", {}, ...heads.map((text) => element("th", { scope: "col", textContent: text })))),
    element("tbody", {}, ...rows.map(([head, ...cells]) => element("tr", {}, element("th", { scope: "row" }, element("span", {}, ...head)),
      ...cells.map((cell) => typeof cell === "string" ? element("td", { textContent: cell }) : cell)))));
  return table;
}
function scrolling(table, label) {
  const box = element("div", { className: "scrolling", tabIndex: 0 }, table);
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
  return box;
}
const shownArea = (area) => fixed(area, Math.abs(area) < 10 ? 3 : 1);
function areas(found, random, caption, note) {
  return numbersTable(caption, note, ["Method", "Area", ...(random === null ? [] : ["Against random"])],
    curveRows(found).map(({ head, curve, random: self }) => [head, shownArea(curve.area),
      ...(random === null ? [] : [self ? "" : (curve.area > random ? "+" : "") + shownArea(curve.area - random)])]));
}
// In words: a probability where the target is one class.
const kinds = { probability: "probability of the class", value: "explained score" };
function curves(found, sample, label) {
  const box = card();
  if (!found.curves.length || !comparedShown().length) {
    if (comparison.no_curves) box.append(quiet(`No deletion curves: ${comparison.no_curves}.`));
    return comparison.no_curves ? box : null;
  }
  const table = areas(found, found.random?.area ?? null, "Area under the curve",
    `of the ${kinds[found.curves_of]}; the lower, the sooner it falls`);
  const list = numbersTable(`The ${kinds[found.curves_of]}, point by point`, "", [`${kPlural[comparison.place]} removed`, ...sample.removed.map(String)],
    curveRows(found).map(({ head, curve }) => [head, ...curve.values.map((value) => fixed(value, 3))]));
  box.append(element("figure", { className: "chart" }, element("figcaption", {}, element("strong", { textContent: "Deletion" }),
    element("p", { className: "quiet small", textContent: `${kinds[found.curves_of]} as the strongest ${kPlural[comparison.place]} are replaced by ${comparison.replacement}` })),
    chart(found, sample, label)), scrolling(table, "Area under the curve"),
    element("details", {}, element("summary", { textContent: "All points" }), scrolling(list, "All points of the curves")));
  return box;
}

// One input and target.
let rows = [];
function caseOf(input, target) {
  const at = methods.find((method) => method.first !== null), goal = data.views[at.first + input].targets[target];
  const facts = [goal.probability === null ? null : percent(goal.probability), `value ${number(goal.value)}`, goal.spec || null].filter((text) => text && text !== goal.label);
  const title = element("h3", { className: "goal", id: `case-${input}-${target}` }, goal.label, " ", element("small", { textContent: facts.join(" · ") }));
  title.dir = "auto";
  const row = { at: null, panels: [] };
  row.point = (place, spoken) => {
    row.at = place;
    for (const panel of row.panels) panel.show(place);
    if (spoken) $("status").textContent = row.panels.filter((panel) => panel.said).map((panel) => `${panel.name} ${panel.said}`).join("; ");
  };
  row.panels = shownMethods().map((i) => makePanel(row, i, input, target));
  const grid = element("div", { className: "panels" }, ...row.panels.map((panel) => panel.figure));
  row.grid = grid;
  rows.push(row);
  const found = comparison.targets[target][input], sample = comparison.samples[input];
  const below = sample ? [agreement(found, sample, ""), curves(found, sample, goal.label)].filter((part) => part) : [];
  const section = element("section", { className: "case" }, title, grid, element("div", { className: "beside" }, ...below));
  section.setAttribute("aria-labelledby", title.id);
  return section;
}
// Lines of panels of about the same length.
function arrange({ grid, panels }) {
  const kGap = 16, least = isText(known) ? 400 : narrow.matches ? 130 : 205;
  const most = Math.max(1, Math.floor((grid.clientWidth + kGap) / (least + kGap)));
  const columns = Math.ceil(panels.length / Math.ceil(panels.length / most));
  grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, ${isText(known) ? "1fr" : "440px"}))`;
}
function redrawPanels() {
  for (const row of rows) {
    arrange(row);
    for (const panel of row.panels) panel.draw();
  }
}
function drawCases() {
  rows = [];
  const chosenOf = (list) => list.map((_, i) => i).filter((i) => list[i]);
  const sections = chosenOf(chosen.inputs).map((input) => {
    const title = element("h2", { className: "big", id: `input-${input}`, textContent: data.inputs[input], dir: "auto" });
    const section = element("section", { className: "block" }, title, ...chosenOf(chosen.targets).map((target) => caseOf(input, target)));
    section.setAttribute("aria-labelledby", title.id);
    return section;
  });
  const empty = !sections.length || !chosen.targets.some(Boolean) || !shownMethods().length;
  $("cases").replaceChildren(...(empty ? [element("p", { className: "block", textContent: "Nothing is chosen: choose an input, a target and a method above." })] : sections));
  redrawPanels();
}
function drawMean() {
  const count = data.inputs.length * targetCount, { mean } = comparison;
  $("mean").hidden = count < 2 || comparedShown().length === 0 || !comparison.compared.length;
  if ($("mean").hidden) return;
  const what = [data.inputs.length > 1 ? plural(data.inputs.length, "input") : "", targetCount > 1 ? plural(targetCount, "target") : ""].filter(Boolean).join(" and ");
  $("mean-title").textContent = `Mean over ${what}`;
  const parts = [agreement(mean, null, ", mean")];
  if (mean.areas) {
    const found = { curves: mean.areas.map((area) => ({ area })), random: mean.random_area === null ? null : { area: mean.random_area } };
    parts.push(card(scrolling(areas(found, mean.random_area, "Area under the deletion curve, mean", "of the probability of the class; the lower, the sooner it falls"), "Area under the deletion curve, mean")));
  }
  else if (comparison.replacement) parts[0].append(quiet("There is no mean of the areas: the curves are not all of probabilities."));
  $("mean-body").replaceChildren(...parts);
}
function drawMade() {
  const wraps = (text) => element("td", { className: "wraps", textContent: text });
  const table = numbersTable("Methods", "passes are counted for each sample and target", ["Method", "Forward", "Backward", "Measured", "Certificate: the largest gaps, precision"],
    methods.map((method, i) => [[badge(i), method.name], String(method.forward), String(method.backward),
      method.measured === null ? "–" : `${number(method.measured)} ×`, wraps(method.certificate)]));
  $("made").replaceChildren(table);
  const notes = methods.flatMap((method) => method.notes.map((note) => element("li", { className: "warn" }, element("strong", { textContent: method.name }), `: ${note}`)));
  const list = element("ul", { className: "lines noted" }, ...notes,
    ...[["model", known.modelPath, known.modelHash], ...data.inputs.map((name, i) => ["input", name, data.views[i].inputHash])]
      .filter(([, , hash]) => hash).map(([kind, name, hash]) => element("li", { className: "hash", textContent: `${kind} ${name} · sha256 ${hash}` })));
  $("notes").replaceChildren(list);
}
function drawReading() {
  const any = comparison.samples[0], lines = [
    methods.some((method) => method.measured !== null)
      ? "Cost: forward and backward passes are counted, for each sample and target. “Measured” is the time of the whole run, all inputs and targets, over that of one pass of the untouched model over the same inputs."
      : "Cost: forward and backward passes are counted, for each sample and target; no time was measured (--measure-forward)."];
  if (any && comparison.place) lines.push(`Agreement is taken over ${kPlural[comparison.place]}${comparison.place === "patch" ? " (scores of single pixels are summed over each)" : comparison.place === "token" ? " that are not special" : ""}, with the scores' signs: the rank correlation is Spearman's, equal scores share the mean of their ranks; the strongest are the tenth with the highest scores, three at least. Methods can agree and all be wrong.`);
  if (comparison.replacement) lines.push(`Deletion: ${kPlural[comparison.place]} are replaced by ${comparison.replacement}${comparison.replacement === "0" ? " (in the model's own scale)" : ""}, those with the highest scores first, in up to ten steps. The area under the curve is taken over the share that is removed; low is good. Inputs with holes are none that the model was trained on, and methods that ask the model about such inputs have an advantage. The line of the random order is the mean of ${plural(comparison.random_orders, "order")} with seed ${comparison.seed}. All curves together took ${plural(comparison.samples.reduce((sum, sample) => sum + sample.forward_passes, 0), "forward pass", "forward passes")}; inputs that several curves share were run once.`);
  $("reading").replaceChildren(...lines.map((text) => element("p", { textContent: text })));
}

// What is shown: check boxes, which keyboards and screen readers know.
function fillChoice(id, items) {
  $(id).lastElementChild.replaceChildren(...items.map((parts, i) => {
    const box = element("input", { type: "checkbox", checked: true });
    box.onchange = () => { chosen[id][i] = box.checked; draw(); };
    return element("label", { className: "pick" }, box, ...parts);
  }));
}
function draw() {
  drawCases();
  drawMean();
}
function repaint() {
  cancelAnimationFrame(repaint.frame);
  repaint.frame = requestAnimationFrame(redrawPanels);
}
function start() {
  fillChoice("inputs", data.inputs.map((name) => [element("span", { textContent: name, dir: "auto" })]));
  const labels = known.targets.map((goal, k) => {
    const names = new Set(data.inputs.map((_, i) => data.views[methods.find((method) => method.first !== null).first + i].targets[k].label));
    return names.size > 1 ? goal.spec || [...names].join(", ") : goal.label;
  });
  fillChoice("targets", labels.map((text) => [element("span", { textContent: text, dir: "auto" })]));
  fillChoice("methods", methods.map((method, i) => [badge(i), element("span", { textContent: method.name })]));
  $("picture-view").hidden = isText(known) || !known.planar;
  $("text-view").hidden = !isText(known);
  $("opacity").value = Math.round(100 * state.alpha);
  $("opacity-text").value = `${$("opacity").value} %`;
  $("opacity").oninput = (event) => { state.alpha = event.target.value / 100; $("opacity-text").value = `${event.target.value} %`; repaint(); };
  $("raw").checked = state.raw;
  $("raw").onchange = (event) => { state.raw = event.target.checked; repaint(); };
  $("pieces").onchange = (event) => { textState.unit = event.target.checked ? "pieces" : "words"; drawCases(); };
  $("numbers").onchange = (event) => { textState.numbers = event.target.checked; drawCases(); };
  $("scale-note").textContent = "Every map has a scale of its own: compare where the colours are, not how strong. Scores of different methods have different units.";
  $("choosing").onsubmit = (event) => event.preventDefault();
  $("subtitle").textContent = ["model " + known.model, plural(methods.length, "method"), plural(data.inputs.length, "input"), plural(targetCount, "target")].join(" · ");
  draw();
  drawMade();
  drawReading();
}
narrow.addEventListener("change", () => drawCases());
window.addEventListener("resize", repaint);
document.title = $("title").textContent = data.title;
Promise.all(pictures.map((picture) => picture.ready)).then(start);
