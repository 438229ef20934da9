// Texts: their words and colours.
const isText = (current) => current.kind === "text";
const unitsOf = (current) => current.units[textState.unit];
const scoresOf = (goal) => goal[textState.unit];
const isEmpty = (current) => unitsOf(current).pieces.length === 0;
const fullOf = (current) => textState.own ? unitsOf(current).own : unitsOf(current).all;

// Colours: the style sheet chooses between the light and the dark ones.
function entryOf(current, score) {
  const full = fullOf(current), palette = data.palettes[current.palette];
  const at = full > 0 ? clamp(score / full, -1, 1) : 0;
  return { palette, index: Math.round((at + 1) / 2 * (palette.lightInk.length - 1)) };
}
function colourText(node, current, score) {
  const { palette, index } = entryOf(current, score);
  for (const side of ["light", "dark"]) {
    node.style.setProperty(`--${side}`, "#" + palette[side].slice(6 * index, 6 * index + 6));
    node.style.setProperty(`--${side}-ink`, palette[side + "Ink"][index] === "b" ? "#000" : "#fff");
  }
}
function meaningOf(current, goal, score) {
  if (score === 0) return "no effect";
  if (!current.signed) return `matters for ${goal.label}`;
  return (score > 0 ? "supports " : "opposes ") + goal.label;
}

const scoreIn = (current, score) => current.signed ? signed(score) : number(score);
function meaning(current, goal) {
  const key = (score, text) => {
    const square = element("i", { className: "key" });
    colourText(square, current, score * fullOf(current));
    return element("span", {}, square, text);
  };
  const { positive, negative } = data.palettes[current.palette].words, full = number(fullOf(current));
  if (!(fullOf(current) > 0)) return element("p", { className: "meaning", textContent: "All scores are zero." });
  const keys = current.signed ? [key(1, `${positive} supports ${goal.label}`), key(-1, `${negative} opposes it`)]
    : [key(1, `${positive} matters for ${goal.label}`)];
  return element("p", { className: "meaning" }, ...keys, element("span", { className: "number", textContent: `full colour at ${current.signed ? "±" : ""}${full}` }));
}
