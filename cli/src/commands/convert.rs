//! `rapidvec convert IN OUT`: the same vectors in another format.

use super::info;
use super::open::{self, OpenArgs};
use crate::output::{Place, UsageError, is_same, note, shell_words};
use rapidvec::compress::Compression;
use rapidvec::vectors::error::{FormatError, PickleError};
use rapidvec::vectors::format::npz::NpzWriter;
use rapidvec::vectors::format::safetensors::{ModelFile, ModelParts};
use rapidvec::vectors::format::{
    Format, OpenOptions, pickle, recognise_file, safetensors, word2vec_binary, word2vec_text,
};
use rapidvec::vectors::{WordVectors, normalize};
use rapidvec::{Error, Vocabulary, WordId};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Copy a model to another format or precision
///
/// The copy is a model, not a checkpoint: a trainer's state is left out. What else the new format cannot hold is told. Words
/// are written the most frequent first, as other programs expect it; a copy as safetensors or pickle keeps their ids.
/// An ending .gz, .bz2, .zst or .xz after the format's own packs the file.
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// File to write; its ending tells the format: .safetensors, .txt or .vec (word2vec text), .glove (text without a
    /// header), .bin (word2vec binary), .npz (NumPy), .pkl or .pickle; - is standard output, and needs --to
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Format to write, whatever the ending
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Option<To>,
    /// Store numbers in half precision (f16); vectors that are stored so already stay so
    #[arg(long)]
    half: bool,
    /// Keep the N most frequent words only; where the file does not tell how often words were seen, the N first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    top: Option<u32>,
    /// Scale every vector to length 1
    #[arg(long)]
    normalize: bool,
    /// Overwrite OUT if it is there
    #[arg(short, long)]
    force: bool,
    #[command(flatten)]
    open: OpenArgs,
}

/// The formats that can be written.
#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
enum To {
    /// rapidvec's own
    Safetensors,
    /// The chapter's: a dictionary with word_vecs, word_to_id and id_to_word
    Pickle,
    /// word2vec's and fastText's: a line with the sizes, then a line for each word
    Text,
    /// The same without the first line
    Glove,
    /// word2vec's with -binary 1
    Binary,
    /// NumPy's: arrays `vectors`, `words` and `counts`
    Npz,
}

impl To {
    /// Its name in notes.
    fn name(self) -> &'static str {
        match self {
            Self::Safetensors => "a safetensors file",
            Self::Pickle => "a pickle",
            Self::Text => "word2vec text",
            Self::Glove => "GloVe text",
            Self::Binary => "word2vec binary",
            Self::Npz => "an npz file",
        }
    }

    /// Whether it is read by ids as well: they stay as they are. In any other format order is all that tells frequency.
    fn has_ids(self) -> bool {
        matches!(self, Self::Safetensors | Self::Pickle)
    }

    /// Whether it can hold numbers in half precision.
    fn has_half(self) -> bool {
        matches!(self, Self::Safetensors | Self::Pickle | Self::Npz)
    }
}

const ENDINGS: [(&str, To); 8] = [
    ("safetensors", To::Safetensors),
    ("pkl", To::Pickle),
    ("pickle", To::Pickle),
    ("txt", To::Text),
    ("vec", To::Text),
    ("glove", To::Glove),
    ("bin", To::Binary),
    ("npz", To::Npz),
];

pub fn run(args: &Args) -> anyhow::Result<()> {
    let to = args.to.or_else(|| by_ending(&args.output)).unwrap_or_else(|| wrong_usage(&args.output));
    if args.half && !to.has_half() {
        let help = format!("{} has no half precision: --half goes with safetensors, pickle and npz", to.name());
        return Err(UsageError(help).into());
    }
    match to {
        // It is mapped when it is opened, which a pipe cannot be.
        To::Safetensors => Place::named(&args.output).check_file("a safetensors model", args.force)?,
        _ => Place::named(&args.output).check(args.force)?,
    }
    let mut content = Content::read(&args.input, &args.open).map_err(|error| open::name_file(&args.input, error))?;
    if content.is_checkpoint && is_same(&args.input, &args.output) {
        let path = args.output.display();
        let help = format!("{path} is a checkpoint, and its copy will be none; write to another name");
        return Err(UsageError(help).into());
    }
    if let Some(top) = args.top {
        open::tell_order(&args.input, &content.vocabulary, top as usize);
    }
    if args.top.is_some() || !to.has_ids() {
        content.keep_most_frequent(args.top.map_or(usize::MAX, |top| top as usize));
    }
    if args.normalize {
        content.normalize();
    }
    content.write(&args.output, args.force, to, args.half)?;
    let losses = content.losses(to, args.half);
    if !losses.is_empty() {
        note(format_args!("{}: {}", args.output.display(), losses.join("; ")));
    }
    Ok(())
}

fn by_ending(path: &Path) -> Option<To> {
    let unpacked = path.with_extension("");
    let path = if Compression::of_ending(path).is_some() { &unpacked } else { path };
    let ending = path.extension()?.to_str()?;
    ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|&(_, to)| to)
}

/// For who writes safetensors alone: what to say of an output whose ending promises another format, and how to come by that.
pub fn instead(output: &Path) -> Option<String> {
    let promised = by_ending(output).filter(|to| *to != To::Safetensors)?;
    let packed = Compression::of_ending(output).is_some();
    let bare = if packed { output.with_extension("") } else { output.to_owned() };
    let model = bare.with_extension("safetensors").to_string_lossy().into_owned();
    let wanted = output.to_string_lossy().into_owned();
    let command = shell_words(["rapidvec".into(), "convert".into(), model.clone(), wanted.clone()]);
    let name = promised.name();
    Some(format!(
        "a model is saved as safetensors, and {wanted} is the name of {name}; save to {model}, then: {command}"
    ))
}

/// Ends the program.
fn wrong_usage(output: &Path) -> ! {
    let endings = ENDINGS.map(|(ending, _)| format!(".{ending}")).join(", ");
    let message = format!(
        "the ending of {} tells no format: expected one of {endings} (and .gz, .bz2, .zst or .xz after it); or give --to",
        output.display()
    );
    crate::wrong_usage("convert", message)
}

/// A model as it goes from one format to another. V words, D numbers each; matrices are V x D.
struct Content {
    vocabulary: Vocabulary,
    vector_size: usize,
    input: Vec<f32>,
    output: Option<Vec<f32>>,
    half: bool,
    metadata: BTreeMap<String, String>,
    is_checkpoint: bool,
    is_normalized: bool,
    has_subwords: bool,
}

impl Content {
    fn read(path: &Path, open: &OpenArgs) -> Result<Self, Error> {
        let all = open.options() == OpenOptions::default();
        Ok(match recognise_file(path)? {
            Format::Safetensors if all => Self::of_model(&ModelFile::open(path)?),
            _ => Self::of_vectors(&open.open(path)?),
        })
    }

    /// Puts the most frequent words first, and leaves all but `top` out.
    fn keep_most_frequent(&mut self, top: usize) {
        let (all, vector_size) = (std::mem::take(&mut self.vocabulary), self.vector_size);
        let mut ids = all.by_falling_count();
        ids.truncate(top);
        for &id in &ids {
            self.vocabulary.insert(all.word(id), all.count(id));
        }
        let first = ids.iter().copied().eq(0..ids.len() as WordId);
        for matrix in [&mut self.input].into_iter().chain(&mut self.output) {
            if first {
                matrix.truncate(ids.len() * vector_size); // no copy is needed
            } else {
                let row = |&id: &WordId| matrix[id as usize * vector_size..][..vector_size].iter().copied();
                *matrix = ids.iter().flat_map(row).collect();
            }
        }
    }

    /// Scales every word vector to length 1; zero vectors stay.
    fn normalize(&mut self) {
        self.is_normalized = true;
        for row in self.input.chunks_exact_mut(self.vector_size) {
            normalize(row);
        }
    }

    fn of_model(model: &ModelFile) -> Self {
        let mut metadata = model.metadata();
        metadata.remove("trainer");
        Self {
            vocabulary: model.vocabulary().clone(),
            vector_size: model.vector_size(),
            input: model.input().to_f32(),
            output: model.output().map(|rows| rows.to_f32()),
            half: model.input().is_half(),
            metadata,
            is_checkpoint: info::is_checkpoint(model),
            is_normalized: false,
            has_subwords: false,
        }
    }

    fn of_vectors(vectors: &WordVectors) -> Self {
        Self {
            vocabulary: vectors.vocabulary().clone(),
            vector_size: vectors.vector_size(),
            input: vectors.rows().to_f32(),
            output: None,
            half: vectors.rows().is_half(),
            metadata: BTreeMap::new(),
            is_checkpoint: false,
            is_normalized: false,
            has_subwords: vectors.subwords().is_some(),
        }
    }

    fn write(&self, path: &Path, force: bool, to: To, half: bool) -> anyhow::Result<()> {
        let half = half || self.half;
        let (place, refused) = (Place::named(path), |error: FormatError| open::name_file(path, error));
        let Self { vocabulary, vector_size, input, .. } = self;
        match to {
            To::Text | To::Glove => {
                word2vec_text::check(vocabulary, *vector_size, input).map_err(refused)?;
                place.write(force, |out| word2vec_text::write_to(out, vocabulary, *vector_size, input, to == To::Text))
            }
            To::Binary => {
                word2vec_binary::check(vocabulary, *vector_size, input).map_err(refused)?;
                place.write(force, |out| word2vec_binary::write_to(out, vocabulary, *vector_size, input))
            }
            To::Npz => {
                let npz = NpzWriter::new(vocabulary, *vector_size, input, half).map_err(refused)?;
                place.write(force, |out| npz.write_to(out))
            }
            To::Pickle => self.write_pickle(path, force, half),
            To::Safetensors => self.write_model(path, half),
        }
    }

    fn write_model(&self, path: &Path, half: bool) -> anyhow::Result<()> {
        let parts = ModelParts {
            vocabulary: &self.vocabulary,
            vector_size: self.vector_size,
            input: &self.input,
            output: self.output.as_deref(),
            half,
            metadata: self.metadata.clone(),
            extra: Vec::new(),
        };
        safetensors::write(path, &parts).map_err(|error| open::name_file(path, error))
    }

    fn write_pickle(&self, path: &Path, force: bool, half: bool) -> anyhow::Result<()> {
        let mut refused = None;
        let written = Place::named(path).write(force, |mut out| {
            let written = pickle::write(&mut out, &self.vocabulary, self.vector_size, &self.input, half);
            written.map_err(|error| match error {
                PickleError::Write(error) => error,
                other => {
                    refused = Some(other);
                    io::Error::other("refused") // so that no file appears; the reason is returned instead
                }
            })
        });
        refused.map_or(written, |reason| Err(open::name_file(path, Error::from(reason))))
    }

    /// What a copy in this format does not have, in words.
    fn losses(&self, to: To, half: bool) -> Vec<String> {
        let own = to == To::Safetensors;
        let counted = self.vocabulary.has_counts();
        let homeless = [
            (!own && self.output.is_some(), "the output weights"),
            (!own && to != To::Npz && counted, "the counts of words"),
            (!own && !self.metadata.is_empty(), "settings and corpus"),
        ];
        let homeless: Vec<_> = homeless.into_iter().filter(|(lost, _)| *lost).map(|(_, what)| what).collect();
        let all = [
            (self.is_checkpoint, "the trainer's state is left out; resume from the original".to_owned()),
            (half && !self.half, "numbers are rounded to half precision".to_owned()),
            (
                self.half && !half && self.is_normalized && to.has_half(),
                "lengths are 1 but for half precision".to_owned(),
            ),
            (!homeless.is_empty(), format!("{} has no place for {}", to.name(), homeless.join(", "))),
            (self.has_subwords, "the n-grams, which give vectors to unknown words, are left out".to_owned()),
            (own && !counted, "the original does not tell how often words were seen; all counts are 0".to_owned()),
            (
                own && self.is_normalized && self.output.is_some(),
                "the output weights are as they were: they belong to vectors that are not normalized".to_owned(),
            ),
        ];
        all.into_iter().filter(|(lost, _)| *lost).map(|(_, what)| what).collect()
    }
}
