//! The chapter's last cell: what do the vectors know?
#![forbid(unsafe_code)]

use quickvec::corpus::EOS;
use quickvec::{AnalogyMethod, Neighbour, Vocabulary, WordId, WordVectors};
use std::cmp::Reverse;
use std::io::{self, Write};

const TOP: usize = 5;
const SIMILAR: [&str; 4] = ["you", "year", "car", "toyota"];
const ANALOGIES: [[&str; 3]; 4] =
    [["king", "man", "queen"], ["take", "took", "go"], ["car", "cars", "child"], ["good", "better", "bad"]];

/// Prints the chapter's queries, as far as their words are known; for a corpus that knows none of them, the neighbours of
/// a few frequent words. Returns a word worth asking for next.
pub fn print(out: &mut dyn Write, vectors: &WordVectors) -> anyhow::Result<String> {
    let known = |word: &str| vectors.vocabulary().id(word).is_some();
    let mut words: Vec<String> = SIMILAR.iter().filter(|word| known(word)).map(|&word| word.to_owned()).collect();
    let analogies: Vec<_> = ANALOGIES.into_iter().filter(|words| words.iter().all(|word| known(word))).collect();
    if words.is_empty() && analogies.is_empty() {
        words = frequent(vectors.vocabulary());
    }
    for word in &words {
        writeln!(out, "\n[query] {word}")?;
        print_neighbours(out, &vectors.most_similar(word, TOP)?)?;
    }
    if !analogies.is_empty() {
        writeln!(out, "{}", "-".repeat(50))?;
    }
    for [a, b, c] in analogies {
        writeln!(out, "\n[analogy] {a}:{b} = {c}:?")?;
        print_neighbours(out, &vectors.analogy(a, b, c, AnalogyMethod::Add, TOP)?)?;
    }
    out.flush()?;
    Ok(words.pop().unwrap_or_else(|| "king".to_owned()))
}

fn print_neighbours(out: &mut dyn Write, neighbours: &[Neighbour]) -> io::Result<()> {
    neighbours.iter().try_for_each(|neighbour| writeln!(out, " {}: {}", neighbour.word, neighbour.similarity))
}

/// The most frequent words of three letters and more, or the most frequent ones of any kind.
fn frequent(vocabulary: &Vocabulary) -> Vec<String> {
    let mut ids: Vec<WordId> = (0..vocabulary.len() as WordId).filter(|&id| vocabulary.word(id) != EOS).collect();
    let is_word = |id: WordId| {
        let word = vocabulary.word(id);
        word.chars().count() >= 3 && word.chars().all(char::is_alphabetic)
    };
    ids.sort_by_key(|&id| (!is_word(id), Reverse(vocabulary.count(id)), id));
    ids.iter().take(SIMILAR.len()).map(|&id| vocabulary.word(id).to_owned()).collect()
}
