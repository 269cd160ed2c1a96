//! How long opening and writing word vectors takes, in seconds, one operation a line: `load 0.123`.
//!
//! `race.py` in `bench/formats/` calls it beside gensim.

use anyhow::bail;
use clap::Parser;
use rapidvec::vectors::format::Format;
use rapidvec::vectors::{SaveOptions, WordVectors};
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
    let format = Format::of_ending(&output);
    let Some(format) = format.filter(|format| matches!(format, Format::Word2vecText | Format::Word2vecBinary)) else {
        bail!("{}: expected the ending .txt or .bin", output.display());
    };
    let start = Instant::now();
    vectors.save(&output, format, &SaveOptions::default())?;
    println!("write {:.6}", start.elapsed().as_secs_f64());
    Ok(())
}
