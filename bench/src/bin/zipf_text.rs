//! `zipf_text FILE`: a large text that a machine makes up, for measuring what a large vocabulary costs.
//!
//! The word of rank r occurs in proportion to 1/r (Zipf), words are independent of each other, and the same seed gives the
//! same text. Drawing alone would leave some of the rarest words out, so every (tokens/words)-th word is not drawn but the
//! next rank in order: a text of 100 M words over 1 M has all of them, and 1 % of it is spread evenly over the ranks.

use anyhow::{Context, Result, ensure};
use clap::Parser;
use rapidvec_core::{AliasTable, Purpose, Rng};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

#[derive(Parser)]
#[command(about = "Make up a text whose words are as frequent as Zipf says")]
struct Args {
    /// Text file to write; overwritten if it is there
    file: PathBuf,
    /// Words of the text
    #[arg(long, default_value_t = 100_000_000)]
    tokens: u64,
    /// Different words
    #[arg(long, default_value_t = 1_000_000)]
    words: u32,
    /// Words of a line
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    line: u64,
    /// Seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> Result<()> {
    let args = Args::parse();
    ensure!(args.words > 0, "--words: expected at least 1, got 0");
    ensure!(
        u64::from(args.words) <= args.tokens,
        "--words: expected at most --tokens ({}), got {}",
        args.tokens,
        args.words
    );
    let written = File::create(&args.file).and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 20, file);
        write_text(&mut out, &args)?;
        out.flush()
    });
    written.with_context(|| format!("cannot write {}", args.file.display()))
}

fn write_text(out: &mut impl Write, args: &Args) -> std::io::Result<()> {
    let weights: Vec<f64> = (1..=args.words).map(|rank| 1.0 / f64::from(rank)).collect();
    let table = AliasTable::new(&weights);
    let mut rng = Rng::stream(args.seed, Purpose::Block, 0);
    let every = args.tokens / u64::from(args.words);
    for token in 0..args.tokens {
        let in_turn = token.is_multiple_of(every) && token / every < u64::from(args.words);
        let rank = if in_turn { (token / every) as u32 } else { table.draw(&mut rng) };
        out.write_all(name(rank, &mut [0; 8]))?;
        let is_last = token + 1 == args.tokens || (token + 1).is_multiple_of(args.line);
        out.write_all(if is_last { b"\n" } else { b" " })?;
    }
    Ok(())
}

/// The word of a rank, counted from 0: `a` to `z`, then `aa` to `zz`, and so on, so that frequent words are short.
fn name(rank: u32, letters: &mut [u8; 8]) -> &[u8] {
    let (mut left, mut at) = (u64::from(rank) + 1, letters.len());
    while left > 0 {
        at -= 1;
        letters[at] = b'a' + ((left - 1) % 26) as u8;
        left = (left - 1) / 26;
    }
    &letters[at..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn text(tokens: u64, words: u32, seed: u64) -> String {
        let args = Args { file: PathBuf::new(), tokens, words, line: 50, seed };
        let mut text = Vec::new();
        write_text(&mut text, &args).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn names_are_all_different_and_frequent_words_are_short() {
        let named = |rank| String::from_utf8(name(rank, &mut [0; 8]).to_vec()).unwrap();
        assert_eq!([0, 25, 26, 701, 702].map(named), ["a", "z", "aa", "zz", "aaa"]);
        assert_eq!(named(u32::MAX).len(), 7);
    }

    #[test]
    fn a_text_has_all_its_words_and_as_many_tokens_as_asked_for() {
        let text = text(10_007, 1_000, 1);
        let mut counts: HashMap<&str, u64> = HashMap::new();
        text.split_whitespace().for_each(|word| *counts.entry(word).or_default() += 1);
        assert_eq!((counts.len(), counts.values().sum::<u64>()), (1_000, 10_007));
        assert_eq!(text.lines().map(|line| line.split(' ').count()).max(), Some(50));
        assert_eq!(text.lines().count(), 201);
        // 9/10 are drawn, 1/H(1000) = .1336 of them the first rank; standard error .0034 of 9,007.
        let share = counts["a"] as f64 / 10_007.0;
        assert!((share - 0.9 * 0.1336).abs() < 0.013, "{share}");
    }

    #[test]
    fn the_seed_decides_the_text() {
        assert_eq!(text(500, 20, 7), text(500, 20, 7));
        assert_ne!(text(500, 20, 7), text(500, 20, 8));
    }
}
