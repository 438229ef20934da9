"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);

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

const pictures = data.pictures.map((picture) => {
  const image = new Image();
  const ready = new Promise((resolve) => { image.onload = image.onerror = resolve; });
  image.src = picture.source;
  return { ...picture, image, ready };
});
const tables = Object.fromEntries(Object.entries(data.colormaps).map(([name, text]) =>
  [name, text.match(/.{6}/g).map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)))]));

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
// Places in words.
const ninths = ["top left", "top", "top right", "centre left", "centre", "centre right", "bottom left", "bottom", "bottom right"];
function words(current, row, column) {
  const third = (i, count) => Math.floor((6 * i + 3) / (2 * count));
  return ninths[3 * third(row, current.rows) + third(column, current.columns)];
}
