//! `rapidvec map MODEL -o FILE`: words in two dimensions, as a picture or a page.

use super::default_model::or_default;
use super::numbers::{count, count_in};
use super::open::{self, Opening};
use crate::output::{Language, Place, Share, UsageError, messages, note, say, thousands};
use rapidvec::atomic_file::{self, Existing};
use rapidvec::corpus::EOS;
use rapidvec::vectors::WordVectors;
use rapidvec::{Error, Vocabulary, WordId};
use rapidvec_map::{MapOptions, WordMap, most_frequent};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Draw words in two dimensions, as a picture or a page
///
/// FILE.svg is a picture; FILE.html is a page to zoom and search that needs no other file. On a map by t-SNE only nearness
/// is meaningful. The same model, words and seed give the same map on the same machine.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  rapidvec map model.safetensors -o map.html
  rapidvec map model.safetensors -o map.svg --top 300
  rapidvec map model.safetensors -o cities.html --words cities.txt")]
pub struct Args {
    /// File of word vectors [default: model.safetensors]
    model: Option<PathBuf>,
    /// Write the map to FILE.svg or FILE.html
    #[arg(short, long, value_name = "FILE", value_parser = parse_output)]
    output: Output,
    /// Draw the words of a list, one per line; - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with = "top")]
    words: Option<PathBuf>,
    /// Draw the N most frequent words, at most 20,000
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = count_in(1..=MAX_WORDS))]
    top: u32,
    /// Choose the method of projection [default: tsne, or pca for few words]
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// Seed the random start of t-SNE and of the coloured groups
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Overwrite FILE if it exists
    #[arg(short, long)]
    force: bool,

    #[command(flatten)]
    open: Opening,
}

/// The maximum number of words: more could be computed, but neither be distinguished nor move smoothly.
const MAX_WORDS: u32 = 20_000;
/// The number of unknown words that are named.
const NAMED: usize = 5;
/// The maximum size of a list of words in bytes.
const MAX_LIST: u64 = 64 << 20;
/// word2vec's mark of sentence ends, which is not drawn.
const WORD2VEC_EOS: &str = "</s>";

#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
enum Method {
    /// The two axes along which the words differ most
    Pca,
    /// Keeps neighbours together
    Tsne,
}

impl Method {
    fn of_library(self) -> Result<rapidvec_map::Method, UsageError> {
        match self {
            Method::Pca => Ok(rapidvec_map::Method::Pca),
            #[cfg(feature = "tsne")]
            Method::Tsne => Ok(rapidvec_map::Method::Tsne),
            #[cfg(not(feature = "tsne"))]
            Method::Tsne => Err(UsageError(messages::no_tsne())),
        }
    }
}

/// The format of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    Svg,
    Html,
}

#[derive(Debug, Clone)]
struct Output {
    path: PathBuf,
    form: Form,
}

fn parse_output(text: &str) -> Result<Output, String> {
    let path = PathBuf::from(text);
    let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    let form = match ending.as_deref() {
        Some("svg") => Form::Svg,
        Some("html" | "htm") => Form::Html,
        _ => return Err(messages::name_must_end(".svg, .html")),
    };
    Ok(Output { path, form })
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let model = or_default(args.model.as_deref())?;
    let mut options = MapOptions::default();
    options.method = args.method.map(Method::of_library).transpose()?;
    options.seed = args.seed;
    options.language = match Language::current() {
        Language::En => rapidvec_map::Language::English,
        Language::Ko => rapidvec_map::Language::Korean,
    };
    let Output { path, form } = &args.output;
    let place = Place::named(path);
    place.check_unread([model].into_iter().chain(args.words.as_deref()))?;
    place.check_file(args.force)?;
    let vectors = args.open.vectors(model, None)?;
    let ids = chosen(args, model, vectors.vocabulary())?;
    let map = laid_out(model, &vectors, &ids, &options)?;
    let names = atomic_file::write(path, Existing::replace_if(args.force), |out| match form {
        Form::Svg => rapidvec_map::svg(out, &map),
        Form::Html => rapidvec_map::html(out, &map, &rapidvec_map::nearest(&vectors, &ids)).map(|()| map.dots.len()),
    })?;
    let (words, path) = (thousands(map.dots.len() as u64), path.display());
    match map.dots.len() - names {
        0 => say(messages::map_saved(path, words)),
        hidden => say(messages::map_saved_without_names(path, words, thousands(hidden as u64))),
    }
    Ok(())
}

/// Lays the words out, with a progress bar.
fn laid_out(model: &Path, vectors: &WordVectors, ids: &[WordId], options: &MapOptions) -> anyhow::Result<WordMap> {
    let name = model.file_name().unwrap_or(model.as_os_str()).to_string_lossy();
    let bar = Share::start(messages::laying_out(thousands(ids.len() as u64)));
    Ok(WordMap::new(vectors, ids, &name, options, |share| bar.at(share))?)
}

/// The words to draw, the most important first.
fn chosen(args: &Args, model: &Path, vocabulary: &Vocabulary) -> anyhow::Result<Vec<WordId>> {
    let ids = match &args.words {
        Some(list) => listed(vocabulary, &read_list(list)?)?,
        None => {
            let is_mark = |id: &WordId| [EOS, WORD2VEC_EOS].contains(&vocabulary.word(*id));
            open::tell_order(model, vocabulary, args.top as usize);
            let top = most_frequent(vocabulary, args.top as usize + 2); // in case sentence marks are dropped
            top.into_iter().filter(|id| !is_mark(id)).take(args.top as usize).collect()
        }
    };
    let from = args.words.as_deref().unwrap_or(model);
    anyhow::ensure!(!ids.is_empty(), "{}: no words to draw", from.display());
    anyhow::ensure!(ids.len() <= MAX_WORDS as usize, "a map holds at most {MAX_WORDS} words, got {}", ids.len());
    Ok(ids)
}

/// The lines of a file, without blank ones.
fn read_list(path: &Path) -> anyhow::Result<Vec<String>> {
    let from: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(fs::File::open(path).map_err(|error| no_list(path, error))?)
    };
    let mut bytes = Vec::new();
    from.take(MAX_LIST + 1).read_to_end(&mut bytes).map_err(Error::io(path))?;
    let shown = path.display();
    anyhow::ensure!(bytes.len() as u64 <= MAX_LIST, messages::list_too_long(shown));
    let text = String::from_utf8(bytes).map_err(|_| anyhow::anyhow!(messages::list_not_utf8(shown)))?;
    let lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty());
    Ok(lines.map(str::to_owned).collect())
}

/// A list that is missing, or a number where a list is expected.
fn no_list(path: &Path, error: io::Error) -> anyhow::Error {
    let number = path.to_str().and_then(|text| count::<u64>(text).ok());
    match number.filter(|_| error.kind() == io::ErrorKind::NotFound) {
        Some(number) => UsageError(messages::words_is_a_list(path.display(), thousands(number), number)).into(),
        None => Error::io(path)(error).into(),
    }
}

/// The ids of the words that are in the vocabulary, each once, frequent ones first; a note lists the others.
fn listed(vocabulary: &Vocabulary, words: &[String]) -> anyhow::Result<Vec<WordId>> {
    let id = |word: &String| vocabulary.id(word).or_else(|| vocabulary.id(word.trim()));
    let unknown: Vec<_> = words.iter().filter(|word| id(word).is_none()).collect();
    if !unknown.is_empty() {
        let named: Vec<_> = unknown.iter().take(NAMED).map(|word| format!("`{}`", word.escape_debug())).collect();
        let more = if unknown.len() > NAMED { ", ..." } else { "" };
        let message = messages::unknown_words(unknown.len(), words.len(), named.join(", ") + more);
        anyhow::ensure!(unknown.len() < words.len(), message);
        note(message);
    }
    let mut seen = BTreeSet::new();
    let mut ids: Vec<_> = words.iter().filter_map(id).filter(|&id| seen.insert(id)).collect();
    ids.sort_by_key(|&id| std::cmp::Reverse(vocabulary.count(id)));
    Ok(ids)
}
