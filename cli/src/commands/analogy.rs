//! `rapidvec analogy MODEL A B C`: A is to B as C is to what?

use super::open::{self, OpenArgs};
use crate::output::{Answer, Form, Query, to_stdout};
use rapidvec::Error;
use rapidvec::vectors::AnalogyMethod;
use std::path::PathBuf;

/// Answer "A is to B as C is to ?"
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// The pair's first word, as in king : man
    a: String,
    /// The pair's second word
    b: String,
    /// The word whose partner is sought
    c: String,
    /// How answers are scored
    #[arg(long, value_enum, default_value_t = Method::Add)]
    method: Method,
    /// How many answers to show
    #[arg(short = 'k', long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Answer with the N most frequent words only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    restrict: Option<u32>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
    #[command(flatten)]
    open: OpenArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Method {
    /// Cosine with b - a + c over unit vectors (3CosAdd)
    Add,
    /// Product and quotient of cosines (3CosMul)
    Mul,
    /// The chapter's: dot product of the unit query with the vectors as stored
    Textbook,
}

impl Method {
    fn in_library(self) -> (AnalogyMethod, &'static str) {
        match self {
            Method::Add => (AnalogyMethod::Add, "add"),
            Method::Mul => (AnalogyMethod::Mul, "mul"),
            Method::Textbook => (AnalogyMethod::Textbook, "textbook"),
        }
    }
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let vectors = args.open.vectors(&args.model)?;
    let (method, name) = args.method.in_library();
    let among = open::restricted(&args.model, &vectors, args.restrict);
    let neighbours = among.analogy(&args.a, &args.b, &args.c, method, args.top as usize).map_err(Error::from)?;
    let words = [&args.a, &args.b, &args.c].map(String::clone);
    let answer = Answer::new(Query::Analogy { words, method: name }, neighbours);
    to_stdout(|out| args.format.answers(out, &[answer]))
}
