// ---- The view ----

const place = (word) => [view.left + x[word] * view.scale, view.top + y[word] * view.scale];
const zoom = () => view.scale / home.scale;
const narrow = () => width <= 640;

function homeView() {
  const room = narrow() ? { left: 40, right: 70, top: 60, bottom: 90 } : { left: 70, right: 130, top: 76, bottom: 52 };
  const across = Math.max(80, width - room.left - room.right), down = Math.max(80, height - room.top - room.bottom);
  const scale = Math.min(across / data.width, down / data.height);
  return {
    scale,
    left: room.left + (across - data.width * scale) / 2,
    top: room.top + (down - data.height * scale) / 2,
  };
}
function bounded(next) {
  const scale = Math.min(Math.max(next.scale, home.scale * LEAST_ZOOM), home.scale * MOST_ZOOM);
  // The middle of the window stays over the map.
  const hold = (from, extent, window) => Math.min(Math.max(from, window / 2 - extent * scale), window / 2);
  return { scale, left: hold(next.left, data.width, width), top: hold(next.top, data.height, height) };
}
function show(next) {
  animation = null;
  atHome = false;
  view = bounded(next);
  redraw();
}
function glide(next) {
  const to = bounded(next), from = view, start = performance.now();
  if (calm.matches) return show(to);
  const step = (now) => {
    if (animation !== step) return;
    const share = Math.min(1, (now - start) / 380), eased = 1 - (1 - share) ** 3;
    // The scale moves by factors, and the place with it, so that the target comes closer on a straight line.
    const scale = from.scale * (to.scale / from.scale) ** eased;
    const part = to.scale === from.scale ? eased : (scale - from.scale) / (to.scale - from.scale);
    view = { scale, left: from.left + (to.left - from.left) * part, top: from.top + (to.top - from.top) * part };
    draw();
    if (share < 1) requestAnimationFrame(step); else { animation = null; view = to; draw(); }
  };
  animation = step;
  requestAnimationFrame(step);
}
function zoomed(factor, px, py) {
  const scale = Math.min(Math.max(view.scale * factor, home.scale * LEAST_ZOOM), home.scale * MOST_ZOOM);
  const share = scale / view.scale;
  return { scale, left: px - (px - view.left) * share, top: py - (py - view.top) * share };
}
const middle = () => {
  const panel = narrow() ? 0 : element("panel").offsetWidth + 16;
  const low = narrow() && !element("chosen").hidden ? element("panel").offsetHeight : 0;
  return [(width - (width > 900 ? panel : 0)) / 2, (height - low) / 2];
};
function goHome() {
  glide(home);
  atHome = true;
}

// ---- Drawing ----

function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); });
}
function draw() {
  const ratio = devicePixelRatio || 1;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  placeNames();
  const near = neighbours();
  if (chosen >= 0) drawLines(near);
  drawDots(near);
  drawNames(near);
  if (pointed >= 0) drawPointed();
}
const neighbours = () => new Set(chosen < 0 ? [] : near[chosen].filter((word) => word < words.length));
const bright = (word, near) => chosen < 0 || word === chosen || near.has(word);

function drawLines(near) {
  const [fromX, fromY] = place(chosen);
  pen.strokeStyle = colours.dots[groups[chosen]];
  pen.lineWidth = 1.2;
  pen.globalAlpha = 0.6;
  pen.beginPath();
  for (const word of near) {
    const [toX, toY] = place(word);
    pen.moveTo(fromX, fromY);
    pen.lineTo(toX, toY);
  }
  pen.stroke();
  pen.globalAlpha = 1;
}
function drawDots(near) {
  for (const lit of chosen < 0 ? [true] : [false, true]) {
    pen.globalAlpha = lit ? 0.88 : 0.25;
    colours.dots.forEach((colour, group) => {
      pen.fillStyle = colour;
      pen.beginPath();
      for (let word = words.length - 1; word >= 0; word--) {
        if (groups[word] !== group || bright(word, near) !== lit) continue;
        const [px, py] = place(word), r = radius(word);
        if (px < -9 || py < -9 || px > width + 9 || py > height + 9) continue;
        pen.moveTo(px + r, py);
        pen.arc(px, py, r, 0, 2 * Math.PI);
      }
      pen.fill();
    });
  }
  pen.globalAlpha = 1;
  if (chosen >= 0) ring(chosen);
}
function ring(word) {
  const [px, py] = place(word);
  pen.strokeStyle = colours.ink;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(px, py, radius(word) + 3, 0, 2 * Math.PI);
  pen.stroke();
}
function drawNames(near) {
  pen.textBaseline = "alphabetic";
  pen.textAlign = "left";
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = colours.paper;
  for (const { word, box } of labels) {
    if (box[2] < 0 || box[0] > width || box[3] < 0 || box[1] > height) continue;
    pen.font = `${size(word)}px ${font}`;
    pen.globalAlpha = bright(word, near) ? 1 : 0.3;
    pen.fillStyle = word === chosen ? colours.ink : colours.names[groups[word]];
    const baseline = box[1] + size(word) * 0.9;
    pen.strokeText(names[word], box[0] + 1, baseline);
    pen.fillText(names[word], box[0] + 1, baseline);
  }
  pen.globalAlpha = 1;
}
// The word under the pointer, on a card, whether its name found room or not.
function drawPointed() {
  const [px, py] = place(pointed), points = 14;
  ring(pointed);
  pen.font = `600 ${points}px ${font}`;
  const wide = pen.measureText(names[pointed]).width + 16, high = 26;
  const left = Math.min(Math.max(4, px + 10), width - wide - 4), top = Math.max(4, py - high - 8);
  pen.fillStyle = colours.ink;
  pen.beginPath();
  pen.roundRect(left, top, wide, high, 6);
  pen.fill();
  pen.fillStyle = colours.paper;
  pen.fillText(names[pointed], left + 8, top + 18);
}
