"use strict";
// The map: dots and names on a canvas. Places are in the unit box of the data; a view turns them into pixels.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { words, names, x, y, weights, groups, counts, others, near, cosines } = data;
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

  // ---- Choosing a word ----

  const number = (count) => count.toLocaleString("en");
  function choose(word, move = true) {
    chosen = word;
    pointed = -1;
    element("chosen").hidden = word < 0;
    if (word >= 0) {
      fill(word);
      element("told").textContent = `${words[word]}: nearest are ${near[word].slice(0, 3).map(name).join(", ")}`;
      if (move) centre(word);
    }
    remember();
    redraw();
  }
  const name = (word) => (word < words.length ? words[word] : others[word - words.length]);
  function centre(word) {
    const scale = Math.max(view.scale, home.scale * 3), [px, py] = middle();
    atHome = false;
    glide({ scale, left: px - x[word] * scale, top: py - y[word] * scale });
  }
  function fill(word) {
    element("word").textContent = words[word];
    const seen = counts[word] > 0 ? `seen ${number(counts[word])} times · ` : "";
    element("facts").textContent = `${seen}${number(word + 1)}. of ${number(words.length)} on this map`;
    element("legend").hidden = near[word].every((other) => other < words.length);
    element("near").replaceChildren(...near[word].map((other, index) => neighbour(other, cosines[word][index] / 1000)));
  }
  function neighbour(word, cosine) {
    const onMap = word < words.length;
    const item = document.createElement("li"), entry = document.createElement(onMap ? "button" : "span");
    const text = document.createElement("bdi"), figure = document.createElement("small");
    text.textContent = name(word);
    figure.textContent = cosine.toFixed(3);
    entry.style.setProperty("--share", `${Math.max(0, cosine) * 100}%`);
    entry.append(text, figure);
    if (onMap) {
      entry.type = "button";
      entry.addEventListener("click", () => choose(word));
    } else {
      entry.className = "other";
      entry.title = "not on this map";
    }
    item.append(entry);
    return item;
  }
  // The address names the chosen word, so that it can be passed on.
  function remember() {
    const hash = chosen < 0 ? "#" : `#word=${encodeURIComponent(words[chosen])}`;
    try { history.replaceState(null, "", hash); } catch { /* a page in a frame may not */ }
  }
  function recall() {
    const [, word] = /^#word=(.*)$/s.exec(location.hash) ?? [];
    if (word === undefined) return;
    let index = -1;
    try { index = words.indexOf(decodeURIComponent(word)); } catch { /* no such word */ }
    if (index >= 0) choose(index);
  }

  // ---- Search ----

  const query = element("query"), found = element("found");
  const plain = (text) => text.normalize("NFC").toLowerCase();
  const plainWords = words.map(plain);
  let active = -1, matches = [];
  function search() {
    const wanted = plain(query.value.trim());
    const begins = [], holds = [];
    for (let word = 0; wanted && word < words.length; word++) {
      const at = plainWords[word].indexOf(wanted);
      if (at === 0) begins.push(word); else if (at > 0) holds.push(word);
    }
    // The whole word first, then by importance.
    const whole = begins.filter((word) => plainWords[word] === wanted);
    matches = [...new Set([...whole, ...begins, ...holds])].slice(0, 8);
    active = matches.length ? 0 : -1;
    found.replaceChildren(...(wanted && !matches.length ? [nothing()] : matches.map(suggestion)));
    open(wanted !== "");
    mark();
  }
  function nothing() {
    const item = document.createElement("li");
    item.className = "none";
    item.textContent = "not on this map";
    return item;
  }
  function suggestion(word, index) {
    const item = document.createElement("li"), dot = document.createElement("span"), text = document.createElement("bdi");
    item.id = `found-${index}`;
    item.setAttribute("role", "option");
    dot.className = "dot";
    dot.style.background = `var(--dot${groups[word]})`;
    text.textContent = words[word];
    item.append(dot, text);
    item.addEventListener("pointerdown", (event) => { event.preventDefault(); take(index); });
    return item;
  }
  function open(yes) {
    found.hidden = !yes;
    query.setAttribute("aria-expanded", String(yes));
  }
  function mark() {
    [...found.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === active)));
    if (active >= 0) query.setAttribute("aria-activedescendant", `found-${active}`);
    else query.removeAttribute("aria-activedescendant");
  }
  function take(index) {
    if (index < 0 || index >= matches.length) return;
    const word = matches[index];
    query.value = words[word];
    open(false);
    choose(word);
  }
  query.addEventListener("input", search);
  query.addEventListener("focus", () => { query.select(); });
  query.addEventListener("blur", () => open(false));
  query.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // a syllable is being put together
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && matches.length) {
      active = (active + step + matches.length) % matches.length;
      open(true);
      mark();
      event.preventDefault();
    } else if (event.key === "Enter") {
      if (found.hidden) search();
      take(active);
    } else if (event.key === "Escape") {
      if (found.hidden) leave(); else open(false);
    }
  });
  function leave() {
    query.value = "";
    choose(-1);
    canvas.focus();
  }

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
  window.quickvecMap = {
    labels: () => labels.map(({ word, box: [left, top, right, bottom] }) => ({ word: words[word], left, top, right, bottom })),
    place: (word) => place(words.indexOf(word)),
    chosen: () => (chosen < 0 ? null : words[chosen]),
    zoom,
    middle,
    isMoving: () => animation !== null || waiting,
    frame: () => { labelsOf = ""; const start = performance.now(); draw(); return performance.now() - start; },
  };
})();
