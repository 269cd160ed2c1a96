// What there is to draw, and where names find room. The four scripts of this folder are parts of one function, in the order
// names, view, panel, input. Places are in the unit box of the data; a view turns them into pixels.
const data = JSON.parse(document.getElementById("data").textContent);
const { words, names, x, y, weights, groups, counts, others, near, cosines, texts } = data;
// A text in the page's language, with the values in place of their names in braces.
const say = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const element = (id) => document.getElementById(id);
const canvas = element("map");
const pen = canvas.getContext("2d");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const MOST_ZOOM = 80, LEAST_ZOOM = 0.5;
let width = 0, height = 0, font = "", colours = {};
let view = { scale: 1, left: 0, top: 0 }; // pixels = left + place * scale
let home = view, atHome = true;
let chosen = -1, pointed = -1, animation = null, waiting = false;

// ---- Names: how large, and where they find room ----

const MEASURED = 100;
const size = (word) => 11 + 5 * weights[word];
const LARGEST_DOT = 7;
// Dots grow a little as the view comes near, and are small where there are very many.
let dotScale = 1;
const scaleDots = () => {
  const room = Math.sqrt((home.scale ** 2 * data.width * data.height) / words.length) / 30;
  dotScale = Math.min(1.6, Math.max(0.5, Math.min(1, room) * Math.max(1, Math.sqrt(zoom()) * 0.8)));
};
const radius = (word) => (2.2 + 1.8 * weights[word]) * dotScale;
const widths = new Float64Array(words.length).fill(-1);
function measure(word) {
  if (widths[word] < 0) {
    pen.font = `${MEASURED}px ${font}`;
    widths[word] = pen.measureText(names[word]).width / MEASURED;
  }
  return widths[word];
}

// Boxes [left, top, right, bottom] in and around the window, found by the cells of a grid that they touch.
const CELL = 40, AROUND = 120;
class Grid {
  constructor() {
    this.columns = Math.ceil((width + 2 * AROUND) / CELL) + 1;
    this.rows = Math.ceil((height + 2 * AROUND) / CELL) + 1;
    this.cells = new Array(this.columns * this.rows);
  }
  // The numbers of the first and last column and row that the box touches.
  reach(box, more) {
    const at = (pixels, count) => Math.min(count - 1, Math.max(0, Math.floor((pixels + AROUND) / CELL)));
    return [
      at(box[0] - more, this.columns), at(box[1] - more, this.rows),
      at(box[2] + more, this.columns), at(box[3] + more, this.rows),
    ];
  }
  put(column, row, box) {
    const cell = row * this.columns + column;
    if (this.cells[cell]) this.cells[cell].push(box); else this.cells[cell] = [box];
  }
  // Into every cell that it touches, to be asked with `isFree`.
  add(box) {
    const [left, top, right, bottom] = this.reach(box, 0);
    for (let row = top; row <= bottom; row++) for (let column = left; column <= right; column++) this.put(column, row, box);
  }
  // Into the cell of its left upper corner only, to be asked with `count`.
  addSmall(box) {
    const [column, row] = this.reach(box, 0);
    this.put(column, row, box);
  }
  isFree(box) {
    return this.look(box, 0, 1) === 0;
  }
  count(box, most) {
    return this.look(box, 2 * LARGEST_DOT, most);
  }
  look(box, more, most) {
    const [left, top, right, bottom] = this.reach(box, more);
    let seen = 0;
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++) {
        const list = this.cells[row * this.columns + column];
        if (!list) continue;
        for (const other of list)
          if (box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3] && ++seen >= most) return seen;
      }
    return seen;
  }
}

// Right, upper right, lower right, above, below, left, upper left, lower left.
const SIDES = [[1, 0], [1, -1], [1, 1], [0, -1], [0, 1], [-1, 0], [-1, -1], [-1, 1]];
const lastSide = new Int8Array(words.length).fill(-1); // a name stays on its side while it can
function box(word, side) {
  const [right, down] = SIDES[side];
  const points = size(word), wide = measure(word) * points + 2, high = points * 1.15;
  const away = (radius(word) + 2) / (right && down ? Math.SQRT2 : 1);
  const [middleX, middleY] = place(word);
  const left = middleX + right * (away + wide / 2) - wide / 2;
  const top = middleY + down * (away + high / 2) - high / 2;
  return [left, top, left + wide, top + high];
}

let labels = [], labelsOf = "";
// Names in order of importance, the chosen word and its neighbours first; whoever finds no room waits for a larger scale.
function placeNames() {
  const state = [view.scale, view.left, view.top, width, height, chosen, font].join();
  if (state === labelsOf) return;
  labelsOf = state;
  scaleDots();
  labels = [];
  const taken = new Grid(), dots = new Grid(), inside = [];
  for (let word = 0; word < words.length; word++) {
    const [px, py] = place(word), r = radius(word);
    if (px < -AROUND || py < -AROUND || px > width + AROUND || py > height + AROUND) continue;
    inside.push(word);
    dots.addSmall([px - r, py - r, px + r, py + r]);
  }
  const first = chosen < 0 ? [] : [chosen, ...near[chosen].filter((word) => word < words.length)];
  const early = new Set(first);
  // In a crowd no name could stand anywhere without covering dots: there the most important ones may.
  const crowd = Math.min(12, Math.max(0, (2200 * inside.length) / (width * height) - 1));
  let leading = 120;
  for (const word of [...first, ...inside.filter((word) => !early.has(word))]) {
    const found = settle(word, taken, dots, early.has(word) ? 99 : leading-- > 0 ? 0.9 + Math.floor(crowd) : 0.9);
    if (!found) continue;
    taken.add(found.box);
    labels.push(found);
  }
}
function settle(word, taken, dots, most) {
  const before = lastSide[word];
  let best = null, least = most; // how many dots it may cover
  for (let turn = -1; turn < SIDES.length; turn++) {
    const side = turn < 0 ? before : turn;
    if (side < 0 || (turn >= 0 && turn === before)) continue;
    const area = box(word, side);
    if (!taken.isFree(area)) continue;
    const cost = dots.count(area, 14) + (turn < 0 ? 0 : 0.05 * (turn + 1));
    if (cost < least) [best, least] = [{ word, box: area, side }, cost];
    if (cost < 0.06) break;
  }
  lastSide[word] = best ? best.side : -1;
  return best;
}
