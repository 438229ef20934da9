// The panels of the page that compares methods: a map or a text, its scale, its certificate.
function pictureBody(panel) {
  const { current, goal } = panel, { width, height } = shape(current);
  const canvas = element("canvas", { tabIndex: 0 }), cell = element("div", { className: "cell", hidden: true });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Scores of ${current.name} for ${goal.label} over ${current.input}. Arrow keys read single places in all panels of this row.`);
  const stage = element("div", { className: "stage" }, canvas, cell);
  stage.style.aspectRatio = `${width} / ${height}`;
  Object.assign(panel, { canvas, cell });
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  canvas.onpointermove = canvas.onpointerdown = (event) => panel.row.point(at(event));
  canvas.onpointerleave = (event) => { if (event.pointerType === "mouse") panel.row.point(null); };
  canvas.onblur = () => panel.row.point(null);
  canvas.onkeydown = (event) => stepPlace(event, panel);
  return stage;
}
function stepPlace(event, panel) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (event.key === "Escape") return panel.row.point(null);
  if (!step) return;
  event.preventDefault();
  const { current } = panel, size = panelCells(current);
  const from = panel.row.at ? cellAt(current, panel.row.at) : null;
  const row = clamp(from ? from.row + step[0] : Math.floor(size.rows / 2), 0, size.rows - 1);
  const column = clamp(from ? from.column + step[1] : Math.floor(size.columns / 2), 0, size.columns - 1);
  panel.row.point({ x: (column + .5) * size.wide, y: (row + .5) * size.high }, true);
}
const panelCells = ({ rows, columns, coveredWidth, coveredHeight }) =>
  ({ rows, columns, wide: coveredWidth / columns, high: coveredHeight / rows });
function cellAt(current, { x, y }) {
  const { rows, columns, wide, high } = panelCells(current);
  const row = Math.floor(y / high), column = Math.floor(x / wide);
  return row >= 0 && column >= 0 && row < rows && column < columns ? { row, column } : null;
}
function showCell(panel, at) {
  const { current, goal, cell } = panel, found = at && cellAt(current, at);
  cell.hidden = !found;
  if (!found) return panel.say();
  const { wide, high } = panelCells(current);
  Object.assign(cell.style, { top: `${100 * found.row * high}%`, left: `${100 * found.column * wide}%`, height: `${100 * high}%`, width: `${100 * wide}%` });
  const score = goal.scores[found.row * current.columns + found.column];
  panel.say(current.pixels ? `pixel ${found.row}, ${found.column}` : `row ${found.row}, column ${found.column}`, scoreIn(current, score));
}
function listBody(panel) {
  const { current, goal } = panel, table = tables[current.colormap];
  return element("div", { className: "chips" }, ...goal.scores.map((score, i) => {
    const chip = element("span", { className: "chip", textContent: `${i}: ${scoreIn(current, score)}` });
    chip.style.background = `rgb(${colour(table, goal.scale, score).join(" ")} / ${Math.round(60 * opacity(goal.scale, score))}%)`;
    return chip;
  }));
}
function textBody(panel) {
  const { current, goal } = panel, units = unitsOf(current), scores = scoresOf(goal);
  const box = element("div", { className: ["texts", textState.unit, ...(textState.numbers ? ["numbers"] : [])].join(" ") });
  panel.spans = scores.map((score, i) => {
    const span = element("span", { className: "unit", tabIndex: i ? -1 : 0 });
    colourText(span, current, score);
    span.dataset.score = scoreIn(current, score);
    span.setAttribute("role", "img");
    span.onmouseenter = () => panel.row.point(i);
    span.onfocus = () => panel.row.point(i);
    span.onmouseleave = span.onblur = () => panel.row.point(null);
    span.onkeydown = (event) => stepUnit(event, panel.spans, i);
    return span;
  });
  for (const parts of units.sequences) {
    const line = element("p", { className: "text", dir: "auto" });
    for (const [kind, text, unit] of parts) {
      if (kind !== "unit") { line.append(kind === "between" ? text : element("span", { className: kind, textContent: text })); continue; }
      const span = panel.spans[unit];
      span.textContent = text;
      span.setAttribute("aria-label", `${text}: ${scoreIn(current, scores[unit])}, ${meaningOf(current, goal, scores[unit])}`);
      line.append(span);
    }
    box.append(line);
  }
  if (isEmpty(current)) box.append(element("p", { className: "notice", textContent: current.noWords }));
  return box;
}
function stepUnit(event, spans, at) {
  const right = getComputedStyle(spans[at].parentElement).direction === "ltr" ? 1 : -1;
  const to = { ArrowLeft: at - right, ArrowUp: at - 1, ArrowRight: at + right, ArrowDown: at + 1, Home: 0, End: spans.length - 1 }[event.key];
  if (event.key === "Escape") return event.target.blur();
  if (to === undefined) return;
  event.preventDefault();
  const next = clamp(to, 0, spans.length - 1);
  spans.forEach((span, i) => { span.tabIndex = i === next ? 0 : -1; });
  spans[next].focus();
}
function showUnit(panel, unit) {
  panel.spans.forEach((span, i) => span.classList.toggle("shown", i === unit));
  if (unit === null || unit >= panel.spans.length) return panel.say();
  panel.say(panel.spans[unit].textContent, panel.spans[unit].dataset.score);
}

function legend({ current, goal }) {
  if (isText(current)) return isEmpty(current) ? "" : meaning(current, goal);
  const { scale, range } = goal, table = tables[current.colormap];
  const stops = Array.from({ length: 33 }, (_, i) => {
    const score = scale.low + (scale.high - scale.low) * i / 32;
    return `rgb(${colour(table, scale, score).join(" ")} / ${Math.round(100 * opacity(scale, score) * state.alpha)}%)`;
  });
  const bar = element("div", { className: "bar" });
  bar.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
  const words = current.signed && scale.around;
  const parts = scale.low === scale.high ? [`every score is ${number(scale.low)}`]
    : [range[0] + (words ? " against" : ""), ...(scale.around ? ["0"] : []), (words ? "for " : "") + range[1]];
  return element("div", {}, bar, element("div", { className: "ends number" }, ...parts.map((text) => element("span", { textContent: text }))));
}
function makePanel(row, i, input, target) {
  const method = methods[i], title = element("h4", {}, badge(i), element("span", { textContent: method.name }));
  title.id = `panel-${input}-${target}-${i}`;
  const figure = element("figure", { className: "card panel" }, title);
  figure.setAttribute("aria-labelledby", title.id);
  if (method.first === null) {
    figure.append(element("p", { className: "why", textContent: `Nothing to draw: ${method.hidden}.` }));
    return { figure, show() {}, draw() {} };
  }
  const current = data.views[method.first + input], goal = current.targets[target];
  const where = element("span", { className: "quiet" }), score = element("strong", { className: "number" });
  const panel = { row, current, goal, figure, name: method.name, said: "" };
  panel.say = (place = "", value = "") => { where.textContent = place; score.textContent = value; panel.said = value; };
  const body = isText(current) ? textBody(panel) : current.planar ? pictureBody(panel) : listBody(panel);
  panel.show = isText(current) ? (at) => showUnit(panel, at) : current.planar ? (at) => showCell(panel, at) : () => {};
  panel.draw = () => { if (panel.canvas) paintPanel(panel); };
  const facts = [...goal.gaps.map((gap) => element("li", { textContent: gap.text, title: gap.note })),
    ...(goal.gaps.length ? [] : [element("li", { textContent: "certificate: this method has no sum to check" })]),
    element("li", { textContent: `${method.precision} · ${cost(method)}` })];
  if (current.note) facts.push(element("li", { textContent: `scores ${current.note}` }));
  if (goal.special.length) facts.push(element("li", { textContent: `outside: ${goal.special.map((token) => `${token.name} ${scoreIn(current, token.score)}`).join(", ")}` }));
  panel.legend = element("div", { className: "scale" }, legend(panel));
  figure.append(body, element("div", { className: "said" }, where, score), panel.legend, element("ul", { className: "lines" }, ...facts));
  return panel;
}
function paintPanel(panel) {
  const { width, height } = shape(panel.current), box = panel.canvas.getBoundingClientRect();
  const across = Math.round(Math.min(800, (box.width || 240) * (window.devicePixelRatio || 1)));
  paint(panel.canvas, panel.current, panel.goal, across, Math.max(1, Math.round(across * height / width)), state);
  panel.legend.replaceChildren(legend(panel));
}
