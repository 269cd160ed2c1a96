//! `rapidvec convert IN OUT`: the same vectors in another format.

use super::open::{self, Opening};
use crate::commands::named::{Named, named};
use crate::commands::numbers::count_in;
use crate::output::{Place, UsageError, is_same, messages, note, say, shell_words, thousands};
use rapidvec::atomic_file::Existing;
use rapidvec::compress::Compression;
use rapidvec::read_vocabulary;
use rapidvec::vectors::format::spacy;
use rapidvec::vectors::format::static_embedding::{self, StaticEmbeddingOptions};
use rapidvec::vectors::format::{Format, words_path};
use rapidvec::vectors::{Join, Numbers, Part, SaveOptions, SaveReport, WordVectors};
use std::path::{Path, PathBuf};

/// Copy a model to another format or precision
///
/// The copy is a model, not a checkpoint: training cannot resume from it. The most frequent words are written first, as other
/// programs expect; a copy as safetensors or pickle keeps their ids. Add .gz, .bz2, .zst or .xz to OUT to compress it.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec convert model.safetensors vectors.txt
  rapidvec convert GoogleNews-vectors-negative300.bin small.safetensors --top 100000 --half
  rapidvec convert model.safetensors model.kv      For gensim
  rapidvec convert model.safetensors model.bin --to fasttext   For fastText and gensim
  rapidvec convert vectors.npy model.safetensors --words words.txt
  rapidvec convert model.safetensors - --to glove --words words.txt")]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// File to write: .safetensors, .vec, .bin, .npz, .kv and others; - for stdout
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Write this format, whatever the extension of OUT
    #[arg(long, value_parser = named::<To>(), value_name = "FORMAT")]
    to: Option<To>,
    /// Store numbers in half precision (f16)
    #[arg(long)]
    half: bool,
    /// Keep only the N most frequent words (without counts: the first N)
    #[arg(long, value_name = "N", value_parser = count_in::<u32>(1..))]
    top: Option<u32>,
    /// Keep the words of FILE, in its order; name the rows of a matrix by them
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,
    /// Add the words of this file; of words in both, its vectors are taken
    #[arg(long, value_name = "FILE")]
    join: Option<PathBuf>,
    /// With --join: take the mean of the two vectors of a word
    #[arg(long, requires = "join")]
    mean: bool,
    /// Reduce vectors to N numbers, along the axes on which words differ most
    #[arg(long, value_name = "N", value_parser = count_in::<u32>(1..))]
    pca: Option<u32>,
    /// With --to model2vec: weight words by frequency, as `embed --sif` does
    #[arg(long, value_name = "A", num_args = 0..=1, require_equals = true, default_missing_value = "0.001")]
    sif: Option<f64>,
    /// Scale every vector to length 1
    #[arg(long)]
    normalize: bool,
    /// Keep or drop the n-grams that give vectors to unknown words [default: keep]
    #[arg(long, value_parser = named::<Subwords>(), value_name = "WHAT", default_value = "keep", hide_default_value = true)]
    subwords: Subwords,
    /// Overwrite OUT if it exists
    #[arg(short, long)]
    force: bool,
    #[command(flatten)]
    open: Opening,
}

/// The value of `--to`: a format, or a kind of folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    File(Format),
    Model2vec,
    Spacy,
}

impl Named for To {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[
        (Self::File(Format::Safetensors), "safetensors", "rapidvec's own format"),
        (Self::File(Format::Pickle), "pickle", "The chapter's dictionary with word_vecs, word_to_id and id_to_word"),
        (
            Self::File(Format::Word2vecText),
            "text",
            "word2vec's and fastText's text: a line with the sizes, then a line for each word",
        ),
        (Self::File(Format::Glove), "glove", "The same without the first line"),
        (Self::File(Format::Word2vecBinary), "binary", "word2vec's binary"),
        (Self::File(Format::FastText), "fasttext", "fastText's model with n-grams, also read by gensim"),
        (Self::File(Format::Npz), "npz", "NumPy arrays `vectors`, `words` and `counts`"),
        (Self::File(Format::Gensim), "gensim", "gensim 4's KeyedVectors (.kv)"),
        (Self::File(Format::Npy), "npy", "One NumPy array; the words beside it, in a file that ends in .words.txt"),
        (
            Self::Model2vec,
            "model2vec",
            "A folder for model2vec and sentence-transformers: the vectors that `embed` gives",
        ),
        (Self::Spacy, "spacy", "A folder for spaCy: a pipeline with vectors and without components"),
    ];
}

/// What becomes of the n-grams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subwords {
    Keep,
    Drop,
}

impl Named for Subwords {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[(Self::Keep, "keep", ""), (Self::Drop, "drop", "")];
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let named = match args.to {
        Some(To::Model2vec) => return args.folder(Args::model2vec),
        Some(To::Spacy) if args.sif.is_none() => return args.folder(Args::spacy),
        Some(To::Spacy) => None,
        Some(To::File(format)) => Some(format),
        None => None,
    };
    if args.sif.is_some() {
        return Err(UsageError(messages::sif_needs_folder()).into());
    }
    let to = named.or_else(|| Format::of_ending(&args.output));
    let to = to.ok_or_else(|| unknown_ending(&args.output))?;
    if args.half && !to.has_half() {
        return Err(UsageError(messages::no_half(to.name())).into());
    }
    let place = Place::named(&args.output);
    match to {
        // It is mapped when it is opened, which a pipe cannot be.
        Format::Safetensors => place.check_file(args.force)?,
        _ => place.check(args.force)?,
    }
    let vectors = args.vectors()?;
    vectors.verify().map_err(|error| open::name_file(&args.input, error))?;
    if let Some(top) = args.top {
        open::tell_order(&args.input, vectors.vocabulary(), top as usize);
    }
    let options = SaveOptions::default().half(args.half).normalize(args.normalize);
    let options = options.drop_subwords(args.subwords == Subwords::Drop);
    let options = args.top.into_iter().fold(options, |options, top| options.top(top as usize));
    let (writer, report) = vectors.writer(to, &options).map_err(|error| open::name_file(&args.output, error))?;
    if report.not_stored.contains(&Part::TrainingState) && is_same(&args.input, &args.output) {
        return Err(UsageError(messages::checkpoint_in_place(args.output.display())).into());
    }
    if let (Some(words), Place::File(path)) = (writer.words(), place) {
        let path = words_path(path);
        Place::File(&path).write(args.force, |out| out.write_all(words.as_bytes()))?;
        say(messages::words_saved(path.display()));
    }
    place.write(args.force, |out| writer.write_to(out))?;
    show(&args.output, to, &report);
    Ok(())
}

impl Args {
    /// Writes a folder by `write`, which returns the number of words.
    fn folder(
        &self,
        write: fn(&Self, &WordVectors, Existing) -> rapidvec::vectors::Result<usize>,
    ) -> anyhow::Result<()> {
        let vectors = self.vectors()?;
        let words = write(self, &vectors, Existing::replace_if(self.force));
        let words = words.map_err(|error| open::name_file(&self.output, error))?;
        say(messages::vectors_saved(thousands(words as u64), vectors.vector_size(), self.output.display()));
        Ok(())
    }

    fn model2vec(&self, vectors: &WordVectors, existing: Existing) -> rapidvec::vectors::Result<usize> {
        let options = StaticEmbeddingOptions { sif: self.sif, top: self.top.map(|top| top as usize) };
        static_embedding::write(&self.output, vectors, options, existing)
    }

    fn spacy(&self, vectors: &WordVectors, existing: Existing) -> rapidvec::vectors::Result<usize> {
        spacy::write(&self.output, vectors, self.top.map(|top| top as usize), existing)
    }

    /// The vectors to write.
    fn vectors(&self) -> anyhow::Result<WordVectors> {
        let is_matrix = self.words.is_some() && self.open.is_matrix(&self.input);
        let words = self.words.as_deref().filter(|_| is_matrix);
        let mut vectors = self.open.vectors(&self.input, words)?;
        let is_derived = self.join.is_some() || self.pca.is_some() || self.words.is_some() && !is_matrix;
        if is_derived && vectors.output().is_some() {
            note(messages::output_not_kept());
        }
        if let Some(other) = &self.join {
            let join = if self.mean { Join::Mean } else { Join::Second };
            let others = self.open.vectors(other, None)?;
            vectors = vectors.joined(&others, join).map_err(|error| open::name_file(other, error))?;
        }
        if let Some(list) = self.words.as_deref().filter(|_| !is_matrix) {
            vectors = chosen(&vectors, list)?;
        }
        match self.pca {
            Some(axes) => projected(&vectors, axes as usize),
            None => Ok(vectors),
        }
    }
}

/// The vectors of the words in a list; reports those that have none.
fn chosen(vectors: &WordVectors, list: &Path) -> anyhow::Result<WordVectors> {
    let words = read_vocabulary(list).map_err(rapidvec::Error::from)?;
    let words: Vec<_> = words.words().collect();
    let (chosen, missing) = vectors.of_words(&words).map_err(|error| open::name_file(list, error))?;
    if !missing.is_empty() {
        const SHOWN: usize = 5;
        let some: Vec<_> = missing.iter().take(SHOWN).map(|&place| words[place]).collect();
        let more = if missing.len() > SHOWN { ", ..." } else { "" };
        note(messages::without_vectors(thousands(missing.len() as u64), some.join(", ") + more));
    }
    Ok(chosen)
}

/// The places of the vectors along their principal axes.
fn projected(vectors: &WordVectors, axes: usize) -> anyhow::Result<WordVectors> {
    let size = vectors.vector_size();
    if axes > size {
        return Err(UsageError(messages::too_many_axes(size)).into());
    }
    vectors.check_finite().map_err(rapidvec::Error::from)?;
    let found = rapidvec_map::pca(&vectors.rows().to_f32(), size, axes)?;
    let explained: f64 = found.explained.iter().sum();
    say(messages::explained(axes, format_args!("{:.1}", 100.0 * explained)));
    let numbers = Numbers::F32(found.points);
    Ok(WordVectors::new(vectors.vocabulary().clone(), axes, numbers).map_err(rapidvec::Error::from)?)
}

/// Reports what was saved and what was not, on stderr.
fn show(output: &Path, to: Format, report: &SaveReport) {
    let to_stdout = Place::named(output) == Place::Stdout;
    let place = if to_stdout { messages::standard_output() } else { output.display().to_string() };
    let SaveReport { words, vector_size, not_stored, caveats, .. } = report;
    let mut saved = messages::vectors_saved(thousands(*words as u64), vector_size, &place);
    let parts = not_stored.iter().map(Part::to_string).collect::<Vec<_>>().join(", ");
    if to == Format::Safetensors && !parts.is_empty() {
        saved += &messages::not_stored(parts);
    } else if !parts.is_empty() {
        saved += &messages::not_stored_in_format(parts);
    }
    say(saved);
    caveats.iter().for_each(|caveat| note(format_args!("{place}: {caveat}")));
}

/// For commands that write only safetensors: the error if the extension of an output promises another format, and what to do.
pub fn instead(output: &Path) -> Option<String> {
    let promised = Format::of_ending(output).filter(|to| *to != Format::Safetensors)?;
    let packed = Compression::of_ending(output).is_some();
    let bare = if packed { output.with_extension("") } else { output.to_owned() };
    let model = bare.with_extension("safetensors").to_string_lossy().into_owned();
    let wanted = output.to_string_lossy().into_owned();
    let command = shell_words(["rapidvec".into(), "convert".into(), model.clone(), wanted.clone()]);
    Some(messages::other_extension(wanted, promised.name(), model, command))
}

pub(super) fn unknown_ending(output: &Path) -> UsageError {
    let endings: Vec<_> =
        Format::WRITABLE.iter().flat_map(|format| format.endings()).map(|e| format!(".{e}")).collect();
    let endings = endings.join(", ") + " (+ .gz, .bz2, .zst, .xz)";
    UsageError(messages::unknown_extension(output.display(), endings, "--to"))
}
