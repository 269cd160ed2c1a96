//! How long opening and writing word vectors takes, in seconds, one operation a line: `load 0.123`.
//!
//! `race.py` in `bench/formats/` runs it alongside gensim.

use anyhow::bail;
use clap::Parser;
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::format::{word2vec_binary, word2vec_text};
use std::path::PathBuf;
use std::time::Instant;

#[derive(Parser)]
struct Args {
    /// File of word vectors to open
    input: PathBuf,
    /// Write them to this file, too: `.txt` or `.bin`
    #[arg(long)]
    write: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let start = Instant::now();
    let vectors = WordVectors::open(&args.input)?;
    println!("load {:.6}", start.elapsed().as_secs_f64());
    let Some(output) = args.write else { return Ok(()) };
    let numbers = vectors.rows().to_f32();
    let start = Instant::now();
    match output.extension().and_then(|ending| ending.to_str()) {
        Some("txt") => word2vec_text::write(&output, vectors.vocabulary(), vectors.vector_size(), &numbers, true)?,
        Some("bin") => word2vec_binary::write(&output, vectors.vocabulary(), vectors.vector_size(), &numbers)?,
        _ => bail!("{}: expected the ending .txt or .bin", output.display()),
    }
    println!("write {:.6}", start.elapsed().as_secs_f64());
    Ok(())
}
