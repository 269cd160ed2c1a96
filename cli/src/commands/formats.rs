//! `rapidvec formats`: which formats are read and written? The page of the book has its table.

use crate::output::to_stdout;
use rapidvec::vectors::format::Format;
use serde_json::json;
use std::io::{self, Write};

/// List the formats of word vectors that are read and written
///
/// Formats are recognised by content. Each may be compressed (gzip, bzip2, zstd, xz) and in a zip or tar archive.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec formats
  rapidvec formats --format json")]
pub struct Args {
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
}

/// The form of the list.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Form {
    /// A table in Markdown
    Table,
    /// One array with an object per format
    Json,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    to_stdout(|out| match args.format {
        Form::Table => table(out),
        Form::Json => {
            let all: Vec<_> = Format::ALL.into_iter().map(object).collect();
            writeln!(out, "{}", json!(all))
        }
    })
}

fn table(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| format | extensions | read | write | |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    for format in Format::ALL {
        let endings: Vec<_> = format.endings().iter().map(|ending| format!("`.{ending}`")).collect();
        let write = match (is_written(format), format.has_half()) {
            (true, true) => "yes, `--half` too",
            (true, false) => "yes",
            (false, _) => "no",
        };
        writeln!(out, "| {} | {} | yes | {write} | {} |", format.name(), endings.join(" "), format.about())?;
    }
    Ok(())
}

/// Files and folders that `convert` writes.
fn is_written(format: Format) -> bool {
    Format::WRITABLE.contains(&format) || matches!(format, Format::StaticEmbedding | Format::Spacy)
}

fn object(format: Format) -> serde_json::Value {
    json!({
        "name": format.name(),
        "extensions": format.endings(),
        "read": true,
        "write": is_written(format),
        "half": format.has_half(),
        "about": format.about(),
    })
}
