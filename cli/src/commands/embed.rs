//! `rapidvec embed MODEL < lines`: a text a line becomes a vector a line.

use super::open::{self, OpenArgs};
use crate::output::{Place, UsageError, note, thousands, to_stdout};
use rapidvec::Error;
use rapidvec::atomic_file::{self, Existing};
use rapidvec::vectors::{EmbedReport, Embedder, NpySpool};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Make a vector of each line of text: the mean of its words' unit vectors
///
/// Words are what white space parts. Unknown ones get vectors from their n-grams where the model has them (fastText's .bin), or
/// else are left out; a line without a known word gives zeros. How many there were is told at the end.
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// Text, a line for each vector; standard input without it, or with -
    text: Option<PathBuf>,
    /// Weigh words by A / (A + share of the training text), so that frequent ones count less; needs a model with counts
    #[arg(long, value_name = "A", num_args = 0..=1, require_equals = true, default_missing_value = "0.001")]
    sif: Option<f64>,
    /// Look words up in lower case
    #[arg(long)]
    lower: bool,
    /// File to write; its ending tells the format: .npy, .jsonl or .tsv. Standard output without it, or with -
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Form of the output: by OUT's ending, or tsv
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// Overwrite OUT if it is there
    #[arg(short, long)]
    force: bool,

    #[command(flatten)]
    open: OpenArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Form {
    /// Numbers with tabs between, a line a vector
    Tsv,
    /// An array of numbers, a line a vector
    Jsonl,
    /// A NumPy array of lines x numbers. Its header tells how many lines there are, so that the vectors wait in a temporary
    /// file until the last one is known
    Npy,
}

const ENDINGS: [(&str, Form); 3] = [("tsv", Form::Tsv), ("jsonl", Form::Jsonl), ("npy", Form::Npy)];

pub fn run(args: &Args) -> anyhow::Result<()> {
    if args.sif.is_some() {
        args.check_text()?;
    }
    let form = args.form();
    let output = args.file();
    if let Some(output) = output {
        Place::File(output).check_unread([&args.model].into_iter().chain(&args.text))?;
        atomic_file::check(output, Existing::replace_if(args.force))?;
    }
    let vectors = args.open.vectors(&args.model)?;
    let embedder = Embedder::new(&vectors).lower(args.lower);
    let embedder = match args.sif {
        Some(a) => embedder.sif(a).map_err(|error| open::name_file(&args.model, error))?,
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
            Err(io::Error::other("refused")) // so that no file appears; the reason is returned instead
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
    tell(&report);
    Ok(())
}

/// What went wrong: the output, which names itself, or anything else.
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

    /// Refuses a weight that was written as a text's name would be.
    fn check_text(&self) -> Result<(), UsageError> {
        let text = self.text.as_deref().filter(|text| !text.exists()).and_then(Path::to_str);
        match text.filter(|text| text.parse::<f64>().is_ok()) {
            Some(text) => {
                Err(UsageError(format!("there is no text {text}; the weight of --sif is written --sif={text}")))
            }
            None => Ok(()),
        }
    }

    fn form(&self) -> Form {
        let by_ending = || match self.file() {
            None => Form::Tsv,
            Some(output) => by_ending(output).unwrap_or_else(|| wrong_usage(output)),
        };
        self.format.unwrap_or_else(by_ending)
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

/// What was left out, where anything was.
fn tell(report: &EmbedReport) {
    let [words, unknown] = [report.words, report.unknown_words].map(thousands);
    if report.unknown_words > 0 {
        note(format_args!("{unknown} of {words} words are unknown to the model and were left out"));
    }
    let [lines, unknown] = [report.lines, report.lines_unknown].map(thousands);
    if report.lines_unknown > 0 {
        note(format_args!("{unknown} of {lines} lines have no known word; their vectors are zero"));
    }
}

/// Where the output will lie: there is room for it, so for a copy too, most likely.
fn folder_of(output: &Path) -> &Path {
    output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn by_ending(path: &Path) -> Option<Form> {
    let ending = path.extension()?.to_str()?;
    ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|&(_, form)| form)
}

/// Ends the program.
fn wrong_usage(output: &Path) -> ! {
    let endings = ENDINGS.map(|(ending, _)| format!(".{ending}")).join(", ");
    let message = format!(
        "the ending of {} tells no format: expected one of {endings}; or give --format tsv, jsonl or npy",
        output.display()
    );
    crate::wrong_usage("embed", message)
}
