//! Shows what the model learned: the chapter's last cell, or neighbours of a few words.

use crate::commands::queries::note_if_untrained;
use crate::output::{Answer, Form, Query, to_stdout};
use rapidvec::corpus::EOS;
use rapidvec::vectors::{AnalogyMethod, Hits, WordVectors};
use rapidvec::{Vocabulary, WordId};
use std::cmp::Reverse;
use std::io::{self, Write};

const TOP: usize = 5;
const SIMILAR: [&str; 4] = ["you", "year", "car", "toyota"];
const ANALOGIES: [[&str; 3]; 4] =
    [["king", "man", "queen"], ["take", "took", "go"], ["car", "cars", "child"], ["good", "better", "bad"]];

/// Of V words by descending count, those of rank V to these powers are shown: less frequent than the words that occur with
/// everything, and more frequent than those that are not learned well. Of 60,000 words these are the 245th, 736th and 2,210th.
const POWERS: [f64; 3] = [0.5, 0.6, 0.7];

/// Prints the chapter's queries whose words are in the vocabulary; without any, the neighbours of a few frequent words.
/// Returns a word to query next.
pub fn chapter(vectors: &WordVectors) -> anyhow::Result<String> {
    let known = |word: &str| vectors.vocabulary().id(word).is_some();
    let mut words: Vec<String> = SIMILAR.iter().filter(|word| known(word)).map(|&word| word.to_owned()).collect();
    let analogies: Vec<_> = ANALOGIES.into_iter().filter(|words| words.iter().all(|word| known(word))).collect();
    if words.is_empty() && analogies.is_empty() {
        words = frequent(vectors.vocabulary());
    }
    let similar = neighbours(&words, vectors)?;
    let answered = analogies.into_iter().map(|[a, b, c]| {
        let found = vectors.search().analogy(a, b, c, AnalogyMethod::Add, TOP)?;
        Ok((format!("{a}:{b} = {c}:?"), found))
    });
    let answered = answered.collect::<anyhow::Result<Vec<_>>>()?;
    to_stdout(|out| {
        for (word, neighbours) in words.iter().zip(&similar) {
            writeln!(out, "\n[query] {word}")?;
            print_neighbours(out, neighbours)?;
        }
        if !answered.is_empty() {
            writeln!(out, "{}", "-".repeat(50))?;
        }
        for (question, neighbours) in &answered {
            writeln!(out, "\n[analogy] {question}")?;
            print_neighbours(out, neighbours)?;
        }
        Ok(())
    })?;
    note_if_untrained(&similar, vectors);
    Ok(words.pop().unwrap_or_else(|| "king".to_owned()))
}

/// Shows, as `similar` does, the neighbours of a few words that are neither the most frequent nor rare. Returns one of them.
pub fn words(vectors: &WordVectors) -> anyhow::Result<String> {
    let mut words = sample_words(vectors.vocabulary());
    let found = neighbours(&words, vectors)?;
    let answers = words.iter().zip(&found).map(|(word, found)| Answer::new(Query::Nearest(word.clone()), found.iter()));
    let answers: Vec<_> = answers.collect();
    to_stdout(|out| Form::Table.answers(out, &answers))?;
    note_if_untrained(&found, vectors);
    Ok(words.pop().unwrap_or_default()) // every model has words
}

fn neighbours<'v>(words: &[String], vectors: &'v WordVectors) -> anyhow::Result<Vec<Hits<'v>>> {
    Ok(words.iter().map(|word| vectors.most_similar(word, TOP)).collect::<Result<_, _>>()?)
}

/// Words at a few ranks among those of letters only, or among all of them if there are no such words.
fn sample_words(vocabulary: &Vocabulary) -> Vec<String> {
    let is_word = |word: &str| {
        // In scripts of syllables or words, two characters carry as much.
        word.chars().all(char::is_alphabetic) && word.chars().count() >= if word.is_ascii() { 3 } else { 2 }
    };
    let all = vocabulary.by_descending_count().into_iter().map(|id| vocabulary.word(id)).filter(|word| *word != EOS);
    let all: Vec<_> = all.collect();
    let of_letters: Vec<_> = all.iter().copied().filter(|word| is_word(word)).collect();
    let ranked = if of_letters.is_empty() { all } else { of_letters };
    let mut ranks = POWERS.map(|power| ((ranked.len() as f64).powf(power) as usize).min(ranked.len() - 1)).to_vec();
    ranks.dedup();
    ranks.into_iter().map(|rank| ranked[rank].to_owned()).collect()
}

fn print_neighbours(out: &mut dyn Write, hits: &Hits) -> io::Result<()> {
    hits.iter().try_for_each(|(word, score)| writeln!(out, " {word}: {score}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(words: &[&str]) -> Vocabulary {
        let mut vocabulary = Vocabulary::new();
        words.iter().for_each(|word| assert!(vocabulary.insert(word, 0).is_some()));
        vocabulary
    }

    #[test]
    fn words_of_letters_are_taken_at_ranks_past_the_most_frequent() {
        let names: Vec<_> = (0..100).map(|i| format!("{}{}", "abcdefghij".chars().nth(i / 10).unwrap(), i)).collect();
        let mut words = vec!["the", "of", ",", "나라", EOS];
        words.extend(names.iter().map(String::as_str));
        assert_eq!(sample_words(&vocabulary(&words)), ["나라"], "of two words the second");
        assert_eq!(sample_words(&vocabulary(&words[5..])), ["b10", "b15", "c25"]);
        assert_eq!(sample_words(&vocabulary(&["1"])), ["1"]);
    }
}
