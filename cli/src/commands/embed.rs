//! `rapidvec embed [MODEL] < lines`: each line of text becomes a vector.

use super::default_model::or_default;
use super::open::{self, OpenArgs};
use crate::output::{Place, UsageError, message, messages, note, thousands, to_stdout};
use rapidvec::Error;
use rapidvec::atomic_file::{self, Existing};
use rapidvec::vectors::error::QueryError;
use rapidvec::vectors::{EmbedReport, Embedder, NpySpool};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Turn each line of text into a vector, the mean of its words' unit vectors
///
/// Words are separated by white space. Unknown words get vectors from their n-grams if the model has any (fastText's .bin);
/// otherwise they are skipped, and counted on stderr. A line without a known word gives zeros.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec embed model.safetensors texts.txt -o vectors.npy
  rapidvec embed model.safetensors reviews.jsonl --field text -o vectors.npy
  echo the king of France | rapidvec embed vectors.bin --sif")]
pub struct Args {
    /// File of word vectors in any format [default: model.safetensors]
    model: Option<PathBuf>,
    /// Text, one item per line; standard input by default, or -
    text: Option<PathBuf>,
    /// Read JSON Lines, with the text in this field
    ///
    /// The field is a string, or an array of strings, each of which is one word. A dot leads into nested objects.
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
    /// Weight words by A / (A + their share of the training text)
    ///
    /// Frequent words then count less. Needs a model with word counts.
    #[arg(long, value_name = "A", num_args = 0..=1, require_equals = true, default_missing_value = "0.001")]
    sif: Option<f64>,
    /// Look words up in lower case
    #[arg(long)]
    lower: bool,
    /// Write to this file; its extension decides the format: .npy, .jsonl or .tsv
    #[arg(short, long, value_name = "OUT", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Choose the output format [default: by the extension of OUT, or tsv]
    #[arg(long, value_enum, help_heading = "Output")]
    format: Option<Form>,
    /// Overwrite OUT if it exists
    #[arg(short, long, help_heading = "Output")]
    force: bool,

    #[command(flatten)]
    open: OpenArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Form {
    /// Numbers separated by tabs, one vector on each line
    Tsv,
    /// An array of numbers on each line
    Jsonl,
    /// A NumPy array of lines x numbers
    Npy,
}

const ENDINGS: [(&str, Form); 3] = [("tsv", Form::Tsv), ("jsonl", Form::Jsonl), ("npy", Form::Npy)];

pub fn run(args: &Args) -> anyhow::Result<()> {
    let model = or_default(args.model.as_deref())?;
    args.check_text()?;
    let form = args.form()?;
    let output = args.file();
    if let Some(output) = output {
        Place::File(output).check_unread([model].into_iter().chain(args.text.as_deref()))?;
        atomic_file::check(output, Existing::replace_if(args.force))?;
    }
    let vectors = args.open.vectors(model)?;
    let embedder = Embedder::new(&vectors).lower(args.lower);
    let embedder = match &args.field {
        Some(field) => embedder.field(field),
        None => embedder,
    };
    let embedder = match args.sif {
        Some(a) => embedder.sif(a).map_err(|error| sif_error(model, error))?,
        None => embedder,
    };
    let mut report = EmbedReport::default();
    let mut refused = None;
    let mut write = |folder: &Path, out: &mut dyn Write| match args.write(&embedder, form, folder, out) {
        Ok(done) => {
            report = done;
            Ok(())
        }
        Err(Failure::Output(error)) => Err(error),
        Err(Failure::Other(error)) => {
            refused = Some(error);
            Err(io::Error::other("refused")) // so that no file appears; the reason is returned below
        }
    };
    let written = match output {
        Some(output) => {
            let existing = Existing::replace_if(args.force);
            atomic_file::write(output, existing, |out| write(folder_of(output), out)).map_err(Into::into)
        }
        None => to_stdout(|out| write(&std::env::temp_dir(), out)),
    };
    match refused {
        Some(reason) => return Err(reason.into()),
        None => written?,
    }
    self::report(&report);
    Ok(())
}

/// Adds the flag to an error about --sif.
fn sif_error(model: &Path, error: QueryError) -> anyhow::Error {
    let hint = if error == QueryError::NoCounts { "; embed without --sif" } else { "" };
    let error = open::name_file(model, error);
    let message = format!("{}{hint}", message(&error));
    error.context(message)
}

/// An error of the output, which contains its own name, or any other.
enum Failure {
    Output(io::Error),
    Other(Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Output(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Other(error)
    }
}

impl From<rapidvec::vectors::Error> for Failure {
    fn from(error: rapidvec::vectors::Error) -> Self {
        Failure::Other(error.into())
    }
}

impl Args {
    /// The file to write, unless it is standard output.
    fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|output| Place::named(output) != Place::Stdout)
    }

    /// Rejects a missing text whose name looks like something else: words, or the weight of --sif.
    fn check_text(&self) -> Result<(), UsageError> {
        let missing = self.text.as_deref().filter(|text| *text != "-" && !text.exists());
        let Some(text) = missing.and_then(Path::to_str) else { return Ok(()) };
        if self.sif.is_some() && text.parse::<f64>().is_ok() {
            return Err(UsageError(messages::weight_of_sif(text)));
        }
        if text.contains(char::is_whitespace) {
            return Err(UsageError(messages::words_to_embed(text)));
        }
        Ok(())
    }

    fn form(&self) -> Result<Form, UsageError> {
        match (self.format, self.file()) {
            (Some(form), _) => Ok(form),
            (None, None) => Ok(Form::Tsv),
            (None, Some(output)) => by_ending(output).ok_or_else(|| unknown_ending(output)),
        }
    }

    /// Writes all vectors; `folder` is where large temporary files go.
    fn write(
        &self,
        embedder: &Embedder,
        form: Form,
        folder: &Path,
        out: &mut dyn Write,
    ) -> Result<EmbedReport, Failure> {
        match form {
            Form::Tsv => self.embed(embedder, |row| tsv(out, row)),
            Form::Jsonl => self.embed(embedder, |row| jsonl(out, row)),
            Form::Npy => {
                let mut spool = NpySpool::new(folder, embedder.vector_size()).map_err(Error::io(folder))?;
                let report = self.embed(embedder, |row| spool.push(row))?;
                spool.finish(out)?;
                Ok(report)
            }
        }
    }

    fn embed(
        &self,
        embedder: &Embedder,
        mut see: impl FnMut(&[f32]) -> io::Result<()>,
    ) -> Result<EmbedReport, Failure> {
        let see = |row: &[f32]| Ok(see(row)?);
        match self.text.as_deref().filter(|path| *path != "-") {
            Some(path) => embedder.embed_file(path, see),
            None => embedder.embed_lines(io::stdin(), "standard input", see),
        }
    }
}

fn tsv(out: &mut dyn Write, row: &[f32]) -> io::Result<()> {
    for (column, number) in row.iter().enumerate() {
        write!(out, "{}{number}", if column == 0 { "" } else { "\t" })?;
    }
    writeln!(out)
}

fn jsonl(out: &mut dyn Write, row: &[f32]) -> io::Result<()> {
    serde_json::to_writer(&mut *out, row)?;
    writeln!(out)
}

/// Reports what was skipped.
fn report(report: &EmbedReport) {
    let [words, unknown] = [report.words, report.unknown_words].map(thousands);
    if report.unknown_words > 0 {
        note(messages::unknown_words_skipped(unknown, words));
    }
    let [lines, unknown] = [report.lines, report.lines_unknown].map(thousands);
    if report.lines_unknown > 0 {
        note(messages::lines_without_known_words(unknown, lines));
    }
}

/// The folder of the output: if the output fits there, a temporary copy most likely fits too.
fn folder_of(output: &Path) -> &Path {
    output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn by_ending(path: &Path) -> Option<Form> {
    let ending = path.extension()?.to_str()?;
    ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|&(_, form)| form)
}

fn unknown_ending(output: &Path) -> UsageError {
    let endings = ENDINGS.map(|(ending, _)| format!(".{ending}")).join(", ");
    UsageError(messages::unknown_extension(output.display(), endings, "--format tsv, jsonl, npy"))
}
