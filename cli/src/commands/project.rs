//! `rapidvec project MODEL -o PREFIX`: the pair of files that the TensorFlow projector loads.

use super::open::{self, OpenArgs};
use crate::commands::numbers::count_in;
use crate::output::{Place, UsageError, counted, messages, say};
use anyhow::bail;
use rapidvec::atomic_file::{self, Existing};
use rapidvec::vectors::WordVectors;
use rapidvec::{Error, Vocabulary, WordId};
use rapidvec_map::most_frequent;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Write PREFIX.vectors.tsv and PREFIX.metadata.tsv for the TensorFlow projector
///
/// Load both at projector.tensorflow.org. The metadata have the columns word and count, or without counts only the words and no
/// header. Each file appears whole or not at all.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec project model.safetensors -o words
  rapidvec project model.safetensors -o words --top 10000")]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// Begin the names of both files with PREFIX
    #[arg(short, long, value_name = "PREFIX")]
    output: PathBuf,
    /// Keep only the N most frequent words [default: all]
    #[arg(long, value_name = "N", value_parser = count_in::<u32>(1..))]
    top: Option<u32>,
    /// Overwrite existing files
    #[arg(short, long)]
    force: bool,

    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    if Place::named(&args.output) == Place::Stdout {
        return Err(UsageError(messages::not_to_stdout()).into());
    }
    let [numbers, words] = ["vectors", "metadata"].map(|what| with_ending(&args.output, what));
    let existing = Existing::replace_if(args.force);
    for path in [&numbers, &words] {
        Place::File(path).check_unread([&args.model])?;
        atomic_file::check(path, existing)?;
    }
    let vectors = args.open.vectors(&args.model)?;
    vectors.verify().map_err(|error| open::name_file(&args.model, error))?;
    let ids = match args.top {
        Some(top) => {
            open::tell_order(&args.model, vectors.vocabulary(), top as usize);
            most_frequent(vectors.vocabulary(), top as usize)
        }
        None => (0..vectors.len()).map(|id| id as WordId).collect(), // ids are 32 bits
    };
    let metadata = metadata(vectors.vocabulary(), &ids)?;
    write_both(existing, &numbers, &words, &vectors, &ids, &metadata)?;
    say(format_args!("{} and {}: {}", numbers.display(), words.display(), counted(ids.len() as u64, "word(s)")));
    Ok(())
}

/// `PREFIX.what.tsv`, whatever characters PREFIX has.
fn with_ending(prefix: &Path, what: &str) -> PathBuf {
    let mut name: OsString = prefix.as_os_str().to_owned();
    name.push(format!(".{what}.tsv"));
    PathBuf::from(name)
}

/// The words, one per line; with counts and a header if the model has counts.
fn metadata(vocabulary: &Vocabulary, ids: &[WordId]) -> anyhow::Result<String> {
    let counted = ids.iter().any(|&id| vocabulary.count(id) > 0);
    let mut text = String::from(if counted { "word\tcount\n" } else { "" });
    for &id in ids {
        let word = vocabulary.word(id);
        if word.contains(['\t', '\n', '\r']) {
            bail!(
                "word {id}, {word:?}, contains a tab or a line end, which these files cannot hold; drop it with --top"
            );
        }
        if word.is_empty() && !counted {
            bail!("word {id} is empty, and the projector drops empty lines; drop it with --top");
        }
        text.push_str(word);
        if counted {
            text.push_str(&format!("\t{}", vocabulary.count(id)));
        }
        text.push('\n');
    }
    Ok(text)
}

/// The metadata are renamed after the numbers are written, but before these are renamed: a disk that fills up while the
/// numbers are written, which take most of the space, leaves both old files.
fn write_both(
    existing: Existing,
    numbers: &Path,
    words: &Path,
    vectors: &WordVectors,
    ids: &[WordId],
    metadata: &str,
) -> Result<(), Error> {
    let mut failed = None;
    let written = atomic_file::write(numbers, existing, |out| {
        write_numbers(out, vectors, ids)?;
        out.flush()?;
        atomic_file::write(words, existing, |out| out.write_all(metadata.as_bytes())).map_err(|error| {
            failed = Some(error);
            io::Error::other("refused") // so that no file appears; the reason is returned instead
        })
    });
    Ok(failed.map_or(written, Err)?)
}

/// One line per word, separated by tabs; with the digits that identify each f32.
fn write_numbers(out: &mut dyn Write, vectors: &WordVectors, ids: &[WordId]) -> io::Result<()> {
    for &id in ids {
        let row = vectors.vector_by_id(id).expect("ids come from this vocabulary");
        for (index, number) in row.iter().enumerate() {
            let tab = if index == 0 { "" } else { "\t" };
            write!(out, "{tab}{number:?}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
