//! Maps in a real browser: they are drawn, zoomed, searched, and no word becomes more than a word.

use crate::browser::Browser;
use crate::clouds::HOSTILE;
use serde_json::Value;
use std::path::{Path, PathBuf};

const ENTER: &str = "\u{e007}";

/// A browser that has opened a map of that many words.
fn map(count: usize, form: &str, options: &[&str]) -> Option<(Browser, PathBuf, tempfile::TempDir)> {
    let browser = Browser::start()?;
    let folder = tempfile::tempdir().unwrap();
    let model = crate::clouds::model(folder.path(), count);
    let out = folder.path().join(format!("map.{form}"));
    let top = count.to_string();
    let args = [&["-o", out.to_str().unwrap(), "--top", &top][..], options].concat();
    let output = crate::common::run("map", &model, &args);
    assert_eq!(output.status.code(), Some(0), "{}", crate::common::stderr(&output));
    browser.open(&out);
    Some((browser, model, folder))
}

/// The nearest words, as `rapidvec similar` lists them.
fn nearest(model: &Path, word: &str) -> Vec<String> {
    let answer = crate::common::answer("similar", model, &[word, "-k", "10", "--format", "json"]);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let found = answer[0]["neighbours"].as_array().unwrap();
    found.iter().map(|near| near["word"].as_str().unwrap().to_owned()).collect()
}

fn settled(browser: &Browser) {
    browser.wait("!rapidvecMap.isMoving()");
}

fn nothing_was_executed(browser: &Browser) {
    assert_eq!(browser.eval("typeof window.hacked"), "undefined");
    assert_eq!(browser.complaints(), [""; 0]);
}

const OVERLAPS: &str =
    "(() => { const all = rapidvecMap.labels(); return all.flatMap((a, i) => all.slice(0, i).filter((b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).map((b) => [a.word, b.word])); })()";

fn names(browser: &Browser) -> usize {
    browser.eval("rapidvecMap.labels().length").as_u64().unwrap() as usize
}

fn number(browser: &Browser, expression: &str) -> f64 {
    browser.eval(expression).as_f64().unwrap()
}

#[test]
fn a_page_is_drawn_and_its_names_never_overlap() {
    let Some((browser, ..)) = map(400, "html", &[]) else { return };
    let painted = "(() => { const c = document.querySelector('canvas'); const all = new Uint32Array(
        c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer); return new Set(all).size; })()";
    assert!(number(&browser, painted) > 50.0, "hardly anything is painted");
    assert!(names(&browser) > 60, "only {} names", names(&browser));
    assert_eq!(browser.eval(OVERLAPS), serde_json::json!([]));
    assert_eq!(browser.eval("document.title"), "400 words of clouds-400.safetensors");
    nothing_was_executed(&browser);
}

#[test]
fn zooming_in_shows_more_names_and_zooming_out_shows_everything_again() {
    let Some((browser, ..)) = map(400, "html", &["--method", "pca"]) else { return };
    let at_home = names(&browser);
    // Of the words that are on the screen after zooming in: how many had names before, how many have now?
    browser.eval("window.before = rapidvecMap.labels().map((label) => label.word)");
    let place = || [0, 1].map(|axis| number(&browser, &format!("rapidvecMap.place('안녕')[{axis}]")));
    let start = place();
    let pointer = start.map(f64::round);
    let [x, y] = pointer.map(|at| at as i64);
    for _ in 0..4 {
        browser.wheel(x, y, -200);
    }
    settled(&browser);
    let zoom = number(&browser, "rapidvecMap.zoom()");
    assert!(zoom > 3.0);
    // What is under the pointer, which stands on whole pixels, stays; all else goes away from it.
    for ((now, start), pointer) in place().into_iter().zip(start).zip(pointer) {
        let expected = pointer + (start - pointer) * zoom;
        assert!((now - expected).abs() < 0.5, "the word is at {now}, not at {expected}");
    }
    let inside = "window.words = JSON.parse(document.getElementById('data').textContent).words.filter((word) => {
        const [x, y] = rapidvecMap.place(word); return x > 0 && y > 0 && x < innerWidth && y < innerHeight; })";
    browser.eval(inside);
    let had = number(&browser, "words.filter((word) => before.includes(word)).length");
    let have = number(&browser, "rapidvecMap.labels().filter((label) => words.includes(label.word)).length");
    assert!(have > had, "{had} names before, {have} after");
    assert_eq!(browser.eval(OVERLAPS), serde_json::json!([]));
    browser.click("#home");
    settled(&browser);
    assert_eq!(number(&browser, "rapidvecMap.zoom()"), 1.0);
    assert!(names(&browser).abs_diff(at_home) < 20); // names stay on the side they had, so not all are the same
    nothing_was_executed(&browser);
}

#[test]
fn searching_finds_centres_and_lists_neighbours() {
    let Some((browser, model, _folder)) = map(400, "html", &[]) else { return };
    browser.type_into("#query", "안");
    assert_eq!(browser.eval("document.querySelectorAll('#found [role=option]').length"), 1);
    browser.type_into("#query", ENTER);
    settled(&browser);
    assert_eq!(browser.eval("rapidvecMap.chosen()"), "안녕");
    let off = "Math.hypot(...rapidvecMap.place('안녕').map((at, i) => at - rapidvecMap.middle()[i]))";
    assert!(number(&browser, off) < 2.0, "the word is not in the middle");
    assert!(number(&browser, "rapidvecMap.zoom()") >= 3.0);
    let listed = "[...document.querySelectorAll('#near bdi')].map((entry) => entry.textContent)";
    assert_eq!(browser.eval(listed), serde_json::json!(nearest(&model, "안녕")));
    assert_eq!(browser.eval("decodeURIComponent(location.hash)"), "#word=안녕");
    // A neighbour is a button that leads there.
    let next = browser.eval("document.querySelector('#near button bdi').textContent");
    browser.click("#near button");
    settled(&browser);
    assert_eq!(browser.eval("rapidvecMap.chosen()"), next);
    browser.click("#close");
    assert_eq!(browser.eval("rapidvecMap.chosen()"), Value::Null);
    browser.type_into("#query", "no such word");
    assert_eq!(browser.eval("document.getElementById('found').textContent"), "not on this map");
    nothing_was_executed(&browser);
}

#[test]
fn mouse_and_keys_move_the_map() {
    let Some((browser, ..)) = map(400, "html", &["--method", "pca"]) else { return };
    browser.wheel(600, 450, -200);
    let left = || number(&browser, "rapidvecMap.place('w100')[0]");
    let before = left();
    browser.drag((600, 450), (660, 450));
    settled(&browser);
    assert!((left() - before - 60.0).abs() < 1.5, "{before} {}", left());
    let before = left();
    browser.type_into("#map", "\u{e014}"); // arrow to the right: the map goes left
    settled(&browser);
    assert!((left() - before + 80.0).abs() < 1.5, "{before} {}", left());
    browser.type_into("#map", "0");
    settled(&browser);
    assert_eq!(number(&browser, "rapidvecMap.zoom()"), 1.0);
    browser.type_into("#map", ENTER); // the word nearest to the middle
    assert!(browser.eval("rapidvecMap.chosen()").is_string());
    browser.type_into("#map", "/");
    assert_eq!(browser.eval("document.activeElement.id"), "query");
    nothing_was_executed(&browser);
}

#[test]
fn hostile_words_stay_words() {
    let Some((browser, ..)) = map(60, "html", &[]) else { return };
    let words = browser.eval("JSON.parse(document.getElementById('data').textContent).words");
    for word in HOSTILE {
        assert!(words.as_array().unwrap().contains(&word.into()), "{word:?} was changed");
        // Through the address, as somebody would who sends a link.
        let hash = serde_json::to_string(&word).unwrap();
        browser.eval(&format!("location.hash = '#word=' + encodeURIComponent({hash})"));
        browser.wait(&format!("rapidvecMap.chosen() === {hash}"));
        assert_eq!(browser.eval("document.getElementById('word').textContent"), word);
        assert_eq!(browser.eval("document.querySelectorAll('#panel script, #panel img, #word *').length"), 0);
    }
    for (typed, _) in HOSTILE.iter().zip(0..3) {
        browser.eval("document.getElementById('query').value = ''");
        browser.type_into("#query", typed);
        browser.type_into("#query", ENTER);
        assert_eq!(browser.eval("rapidvecMap.chosen()"), **typed);
    }
    nothing_was_executed(&browser);
}

#[test]
fn a_picture_s_names_do_not_overlap_as_the_browser_draws_them() {
    let Some((browser, ..)) = map(400, "svg", &[]) else { return };
    assert_eq!(browser.eval("document.documentElement.nodeName"), "svg");
    assert_eq!(browser.eval("document.querySelectorAll('parsererror, script, img').length"), 0);
    assert_eq!(browser.eval("document.querySelectorAll('circle').length"), 400);
    let first = browser.eval("[...document.querySelectorAll('text[class^=n]')].slice(0, 3).map((t) => t.textContent)");
    assert_eq!(first, serde_json::json!(["안녕", "한국어말", "</script><script>window.hacked=1</scrip…"]));
    // Ink may reach a hair beyond the box that text is set in; boxes themselves must not meet by more.
    let overlaps = "(() => { const all = [...document.querySelectorAll('text[class^=n]')].map((text) => [text.textContent,
        text.getBBox(), parseFloat(text.getAttribute('font-size')), parseFloat(text.getAttribute('y'))]);
        const box = ([, b, size, base]) => [b.x, base - 0.88 * size, b.x + b.width, base + 0.28 * size];
        return all.flatMap((a, i) => all.slice(0, i).filter((b) => { const [p, q] = [box(a), box(b)];
        return p[0] + 0.5 < q[2] && q[0] + 0.5 < p[2] && p[1] + 0.5 < q[3] && q[1] + 0.5 < p[3]; }).map((b) => [a[0], b[0]])); })()";
    assert_eq!(browser.eval(overlaps), serde_json::json!([]));
    assert!(number(&browser, "document.querySelectorAll('text[class^=n]').length") > 300.0);
    nothing_was_executed(&browser);
}

#[test]
fn five_thousand_words_move_smoothly() {
    let Some((browser, ..)) = map(5_000, "html", &["--method", "pca"]) else { return };
    let times = browser.eval("Array.from({length: 9}, () => rapidvecMap.frame()).sort((a, b) => a - b)");
    let median = times[4].as_f64().unwrap();
    // 16 ms is a frame at 60 Hz; a browser without a graphics card on a busy machine gets many more.
    assert!(median < 600.0, "a frame takes {median} ms");
    println!("a frame of 5,000 words, names placed again: {median:.1} ms");
    assert_eq!(browser.eval(OVERLAPS), serde_json::json!([]));
    nothing_was_executed(&browser);
}
