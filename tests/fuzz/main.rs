//! Hostile files: a target for each reader, fed with valid files of its format that were altered.
//!
//! Blind bytes are refused by the first check of every reader, and show nothing. Here a small valid file is changed where
//! it matters (`change.rs`): bits flipped, bytes cut out, put in, repeated, numbers set to wild values at any place and
//! width; checksums and archives are made right again around the changed parts, so that what lies behind them is reached.
//!
//! For every input: no panic; an answer within 5 seconds of the processor's time (`time.rs`); where it is refused, at most the file's length and 16 MB of
//! memory (`memory.rs`; the thread that reads is counted); and what opens says the same after it was written and read.
//!
//! `RAPIDVEC_FUZZ_SECONDS` sets how long each target runs (1 by default). bolero keeps the input that failed as small
//! as it can and prints it: it becomes a named test of its reader. It also runs them under cargo-bolero's engines.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod across;
mod change;
#[path = "../memory.rs"]
mod memory;
mod others;
mod seeds;
mod targets;
mod time;

use change::Change;
use rapidvec::vectors::error::FormatError;
use rapidvec::vectors::format::{InvalidWord, OpenOptions, OpenReport, VectorTable, recognise};
use rapidvec::vectors::{Numbers, WordVectors};
use std::panic::RefUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// What bolero makes up: which seed, which options, and the changes.
type Input = (u8, u8, Vec<(u8, u16, u32)>);

/// Runs `target` on seeds that were changed, for as long as asked.
fn fuzz(seeds: &[Vec<u8>], target: impl Fn(&[u8], &OpenOptions) + RefUnwindSafe) {
    // Unchanged, every seed is read: else nothing would be found behind the first check.
    seeds.iter().for_each(|seed| target(seed, &OpenOptions::default()));
    let inputs = AtomicU64::new(0);
    let run = |input: &Input| {
        inputs.fetch_add(1, Relaxed);
        let (seed, options, changes) = input;
        let mut bytes = seeds[usize::from(*seed) % seeds.len()].clone();
        changes.iter().take(8).for_each(|&change| Change::from(change).apply(&mut bytes));
        let _ = recognise(&bytes);
        target(&bytes, &options_of(*options));
    };
    bolero::check!().with_type::<Input>().with_test_time(seconds()).for_each(run);
    println!("{} inputs", inputs.load(Relaxed));
}

fn seconds() -> Duration {
    let wanted = std::env::var("RAPIDVEC_FUZZ_SECONDS").ok();
    Duration::from_secs(wanted.map_or(1, |seconds| seconds.parse().expect("RAPIDVEC_FUZZ_SECONDS is a whole number")))
}

fn options_of(choice: u8) -> OpenOptions {
    let invalid_word = [InvalidWord::Error, InvalidWord::Replace, InvalidWord::Skip][usize::from(choice) % 3];
    let limit = [None, None, Some(0), Some(1), Some(3), Some(usize::MAX)][usize::from(choice / 3) % 6];
    OpenOptions { limit, allow_nan: choice >= 128, invalid_word, ..OpenOptions::default() }
}

/// What `read` makes of `bytes`, after time and memory were looked at.
fn watched<T, E: std::fmt::Display>(bytes: &[u8], mut read: impl FnMut() -> Result<T, E>) -> Option<T> {
    let ((result, peak), mut took) = time::watched(bytes, || memory::peak(&mut read));
    // A virtual machine that is made to stand still takes that for time of its processor. What hangs does so again.
    for _ in 0..2 {
        if took >= time::MOST {
            took = took.min(time::watched(bytes, &mut read).1);
        }
    }
    assert!(took < time::MOST, "{took:?} for {} bytes", bytes.len());
    match result {
        Ok(found) => Some(found),
        Err(refused) => {
            let limit = bytes.len() + (16 << 20);
            assert!(peak < limit, "{peak} bytes held to refuse {}: {refused}", bytes.len());
            assert!(refused.to_string().len() < 2000, "a message of {} bytes", refused.to_string().len());
            None
        }
    }
}

/// A reader of tables.
type Read = fn(&[u8], &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError>;

/// Reads as `options` say; what opens is whole.
fn table(read: Read, bytes: &[u8], options: &OpenOptions) -> Option<VectorTable> {
    let (table, _) = watched(bytes, || read(bytes, options))?;
    assert!(options.limit.is_none_or(|limit| table.vocabulary.len() <= limit));
    let vectors = WordVectors::new(table.vocabulary.clone(), table.vector_size, table.numbers.clone());
    vectors.expect("every row is finite, and there is one for each word");
    Some(table)
}

fn numbers(floats: &Numbers) -> Vec<f32> {
    match floats {
        Numbers::F32(numbers) => numbers.clone(),
        Numbers::F16(halves) => halves.iter().map(|half| half.to_f32()).collect(),
    }
}

/// The same words and counts, and the same numbers bit for bit.
fn assert_same(a: &VectorTable, b: &VectorTable) {
    let bits = |table: &VectorTable| numbers(&table.numbers).into_iter().map(f32::to_bits).collect::<Vec<_>>();
    assert!(a.vocabulary == b.vocabulary && a.vector_size == b.vector_size && bits(a) == bits(b), "{a:?} became {b:?}");
}
