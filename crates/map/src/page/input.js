// ---- Pointers, wheel, keys ----

// The dot nearest to a place in the window, or the name there; -1: nothing within reach.
function under(px, py, reach) {
  for (const { word, box } of labels)
    if (px >= box[0] && px <= box[2] && py >= box[1] && py <= box[3]) return word;
  let best = -1, least = reach;
  for (let word = 0; word < words.length; word++) {
    const [dotX, dotY] = place(word), distance = Math.hypot(dotX - px, dotY - py) - radius(word);
    if (distance < least) [best, least] = [word, distance];
  }
  return best;
}
const pointers = new Map();
let travelled = 0;
canvas.addEventListener("pointerdown", (event) => {
  if (event.button > 0) return;
  canvas.setPointerCapture(event.pointerId);
  if (!pointers.size) travelled = 0;
  pointers.set(event.pointerId, [event.clientX, event.clientY]);
});
canvas.addEventListener("pointermove", (event) => {
  const now = [event.clientX, event.clientY], before = pointers.get(event.pointerId);
  if (!before) {
    const word = under(...now, 8);
    canvas.classList.toggle("pointing", word >= 0);
    if (word !== pointed) { pointed = word; redraw(); }
    return;
  }
  travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
  pointed = -1;
  if (pointers.size === 1) {
    if (travelled > 4) {
      canvas.classList.add("moving");
      show({ ...view, left: view.left + now[0] - before[0], top: view.top + now[1] - before[1] });
    }
  } else {
    pinch(event.pointerId, now);
  }
  pointers.set(event.pointerId, now);
});
function pinch(id, now) {
  const other = [...pointers].find(([key]) => key !== id)[1], before = pointers.get(id);
  const apart = (a, b) => Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1]));
  const next = zoomed(apart(now, other) / apart(before, other), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
  show({ ...next, left: next.left + (now[0] - before[0]) / 2, top: next.top + (now[1] - before[1]) / 2 });
}
function lift(event) {
  const was = pointers.delete(event.pointerId);
  canvas.classList.remove("moving");
  if (was && event.type === "pointerup" && !pointers.size && travelled <= 4) {
    const word = under(event.clientX, event.clientY, event.pointerType === "touch" ? 22 : 8);
    if (word !== chosen) choose(word, false);
  }
}
canvas.addEventListener("pointerup", lift);
canvas.addEventListener("pointercancel", lift);
canvas.addEventListener("pointerleave", () => { if (pointed >= 0) { pointed = -1; redraw(); } });
canvas.addEventListener("dblclick", (event) => glide(zoomed(2, event.clientX, event.clientY)));
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? height : 1;
  const turn = Math.min(240, Math.max(-240, event.deltaY * lines));
  show(zoomed(Math.exp(-turn * (event.ctrlKey ? 0.01 : 0.0022)), event.clientX, event.clientY));
}, { passive: false });

const moves = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const move = moves[event.key], step = event.shiftKey ? 240 : 80;
  if (move) show({ ...view, left: view.left + move[0] * step, top: view.top + move[1] * step });
  else if (event.key === "+" || event.key === "=") glide(zoomed(1.6, ...middle()));
  else if (event.key === "-" || event.key === "_") glide(zoomed(1 / 1.6, ...middle()));
  else if (event.key === "0" || event.key === "Home") goHome();
  else if (event.key === "Enter") choose(under(...middle(), Infinity), false);
  else return;
  event.preventDefault();
});
addEventListener("keydown", (event) => {
  if (event.target === query || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") { query.focus(); event.preventDefault(); }
  if (event.key === "Escape") leave();
});
element("in").addEventListener("click", () => glide(zoomed(1.8, ...middle())));
element("out").addEventListener("click", () => glide(zoomed(1 / 1.8, ...middle())));
element("home").addEventListener("click", goHome);
element("close").addEventListener("click", leave);
addEventListener("hashchange", recall);

// ---- Beginning, and whatever changes around the page ----

function dress() {
  const style = getComputedStyle(document.documentElement), of = (key) => style.getPropertyValue(key).trim();
  const list = (key) => Array.from({ length: 7 }, (_, group) => of(`--${key}${group}`));
  colours = { paper: of("--paper"), ink: of("--ink"), dots: list("dot"), names: list("name") };
  font = of("--font");
  redraw();
}
function fit() {
  const ratio = devicePixelRatio || 1;
  [width, height] = [innerWidth, innerHeight];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  home = homeView();
  view = atHome ? home : bounded(view);
  draw();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
addEventListener("resize", fit);
dress();
fit();
recall();

// For scripts and tests: what is on the screen now.
window.rapidvecMap = {
  labels: () => labels.map(({ word, box: [left, top, right, bottom] }) => ({ word: words[word], left, top, right, bottom })),
  place: (word) => place(words.indexOf(word)),
  chosen: () => (chosen < 0 ? null : words[chosen]),
  zoom,
  middle,
  isMoving: () => animation !== null || waiting,
  frame: () => { labelsOf = ""; const start = performance.now(); draw(); return performance.now() - start; },
};
