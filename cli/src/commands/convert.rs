//! `quickvec convert IN OUT`: the same vectors in another format.

use super::{info, open};
use crate::output::{UsageError, note};
use clap::CommandFactory;
use clap::error::ErrorKind;
use quickvec::error::PickleError;
use quickvec::vectors::format::safetensors::{self, ModelFile, ModelParts};
use quickvec::vectors::format::{Format, pickle, recognise_file};
use quickvec::{Error, Vocabulary, WordVectors, file};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Copy a model to another format or precision
///
/// The copy is a model, not a checkpoint: a trainer's state is left out. What else the new format cannot hold is told.
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// File to write; its ending tells the format: .safetensors, .pkl or .pickle
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Format to write, whatever the ending
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Option<To>,
    /// Store numbers in half precision (f16); vectors that are stored so already stay so
    #[arg(long)]
    half: bool,
    /// Overwrite OUT if it is there
    #[arg(short, long)]
    force: bool,
}

/// The formats that can be written.
#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
enum To {
    /// quickvec's own
    Safetensors,
    /// The chapter's: a dictionary with word_vecs, word_to_id and id_to_word
    Pickle,
}

const ENDINGS: [(&str, To); 3] = [("safetensors", To::Safetensors), ("pkl", To::Pickle), ("pickle", To::Pickle)];

pub fn run(args: &Args) -> anyhow::Result<()> {
    let to = args.to.or_else(|| by_ending(&args.output)).unwrap_or_else(|| wrong_usage(&args.output));
    file::check_writable(&args.output, args.force)?;
    let content = Content::read(&args.input).map_err(|error| open::name_file(&args.input, error))?;
    if content.is_checkpoint && is_same(&args.input, &args.output) {
        let path = args.output.display();
        let help = format!("{path} is a checkpoint, and its copy will be none; write to another name");
        return Err(UsageError(help).into());
    }
    content.write(&args.output, to, args.half).map_err(|error| open::name_file(&args.output, error))?;
    for loss in content.losses(to, args.half) {
        note(format_args!("{}: {loss}", args.output.display()));
    }
    Ok(())
}

/// Whether both names are of one file.
fn is_same(input: &Path, output: &Path) -> bool {
    matches!((input.canonicalize(), output.canonicalize()), (Ok(input), Ok(output)) if input == output)
}

fn by_ending(path: &Path) -> Option<To> {
    let ending = path.extension()?.to_str()?;
    ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|&(_, to)| to)
}

/// Ends the program as clap does when an argument is wrong: exit code 2.
fn wrong_usage(output: &Path) -> ! {
    let endings = ENDINGS.map(|(ending, _)| format!(".{ending}")).join(", ");
    let message = format!(
        "the ending of {} tells no format: expected one of {endings}; or give --to safetensors or --to pickle",
        output.display()
    );
    crate::Cli::command().error(ErrorKind::ValueValidation, message).exit()
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
}

impl Content {
    fn read(path: &Path) -> Result<Self, Error> {
        Ok(match recognise_file(path)? {
            Format::Safetensors => Self::of_model(&ModelFile::open(path)?),
            _ => Self::of_vectors(&WordVectors::open(path)?),
        })
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
        }
    }

    fn write(&self, path: &Path, to: To, half: bool) -> Result<(), Error> {
        let half = half || self.half;
        match to {
            To::Pickle => self.write_pickle(path, half),
            To::Safetensors => safetensors::write(
                path,
                &ModelParts {
                    vocabulary: &self.vocabulary,
                    vector_size: self.vector_size,
                    input: &self.input,
                    output: self.output.as_deref(),
                    half,
                    metadata: self.metadata.clone(),
                    extra: Vec::new(),
                },
            ),
        }
    }

    fn write_pickle(&self, path: &Path, half: bool) -> Result<(), Error> {
        let mut refused = None;
        let written = file::write_atomically(path, |mut out| {
            let written = pickle::write(&mut out, &self.vocabulary, self.vector_size, &self.input, half);
            written.map_err(|error| match error {
                PickleError::Write(error) => error,
                other => {
                    refused = Some(other);
                    io::Error::other("refused") // so that no file appears; the reason is returned instead
                }
            })
        });
        refused.map_or(written, |reason| Err(reason.into()))
    }

    /// What a copy in this format does not have, in words.
    fn losses(&self, to: To, half: bool) -> Vec<&'static str> {
        let pickle = to == To::Pickle;
        let counted = self.vocabulary.counts().iter().any(|&count| count > 0);
        let all = [
            (self.is_checkpoint, "the trainer's state is left out; resume from the original"),
            (half && !self.half, "numbers are rounded to half precision"),
            (pickle && self.output.is_some(), "a pickle has no place for the output weights; they are left out"),
            (pickle && counted, "a pickle has no place for how often words were seen; the counts are left out"),
            (pickle && !self.metadata.is_empty(), "a pickle has no place for settings and corpus; they are left out"),
            (!pickle && !counted, "the original does not tell how often words were seen; all counts are 0"),
        ];
        all.into_iter().filter(|(lost, _)| *lost).map(|(_, what)| what).collect()
    }
}
