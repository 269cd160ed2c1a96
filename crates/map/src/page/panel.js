// ---- Choosing a word ----

const language = texts.language;
const number = (count) => count.toLocaleString(language);
// 275th in English; other languages write the number.
const ENDINGS = { one: "st", two: "nd", few: "rd", other: "th" };
const ordinals = new Intl.PluralRules("en", { type: "ordinal" });
const ordinal = (count) => number(count) + (language === "en" ? ENDINGS[ordinals.select(count)] : "");
function choose(word, move = true) {
  chosen = word;
  pointed = -1;
  element("chosen").hidden = word < 0;
  if (word >= 0) {
    fill(word);
    const nearest = near[word].slice(0, 3).map(name).join(", ");
    element("status").textContent = say("nearest", { word: words[word], words: nearest });
    if (move) showNeighbours(word);
  }
  remember();
  redraw();
}
const name = (word) => (word < words.length ? words[word] : others[word - words.length]);
// Moves the word to the middle, and zooms so that most of its neighbours on the map are on the screen and can be told apart:
// the farthest few may lie at the other end of the map.
const SHARE_SHOWN = 0.7;
function showNeighbours(word) {
  const [px, py] = middle(), onMap = near[word].filter((other) => other < words.length);
  // The scale at which a neighbour just fits into the window.
  const fits = (other) => Math.min(
    (0.8 * px) / Math.max(1e-9, Math.abs(x[other] - x[word])),
    (0.8 * py) / Math.max(1e-9, Math.abs(y[other] - y[word])),
  );
  const scales = onMap.map(fits).sort((a, b) => b - a);
  const wanted = scales.length ? scales[Math.ceil(SHARE_SHOWN * scales.length) - 1] : home.scale * 3;
  const scale = Math.min(Math.max(wanted, home.scale * 3), home.scale * 24);
  atHome = false;
  glide({ scale, left: px - x[word] * scale, top: py - y[word] * scale });
}
function fill(word) {
  element("word").textContent = words[word];
  const seen = counts[word] > 0 ? `${say("seen", { count: number(counts[word]) })} · ` : "";
  element("facts").textContent = seen + say("rank", { rank: ordinal(word + 1), all: number(words.length) });
  element("legend").hidden = near[word].every((other) => other < words.length);
  element("near").replaceChildren(...near[word].map((other, index) => neighbour(other, cosines[word][index] / 1000)));
}
function neighbour(word, cosine) {
  const onMap = word < words.length;
  const item = document.createElement("li"), entry = document.createElement(onMap ? "button" : "span");
  const label = document.createElement("bdi"), figure = document.createElement("small");
  label.textContent = name(word);
  figure.textContent = cosine.toFixed(3);
  entry.style.setProperty("--share", `${Math.max(0, cosine) * 100}%`);
  entry.append(label, figure);
  if (onMap) {
    entry.type = "button";
    entry.addEventListener("click", () => choose(word));
  } else {
    entry.className = "other";
    entry.title = say("absent");
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
const plain = (typed) => typed.normalize("NFC").toLowerCase();
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
  item.textContent = say("absent");
  return item;
}
function suggestion(word, index) {
  const item = document.createElement("li"), dot = document.createElement("span"), label = document.createElement("bdi");
  item.id = `found-${index}`;
  item.setAttribute("role", "option");
  dot.className = "dot";
  dot.style.background = `var(--dot${groups[word]})`;
  label.textContent = words[word];
  item.append(dot, label);
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
