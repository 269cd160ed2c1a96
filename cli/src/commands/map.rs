//! `rapidvec map MODEL -o FILE`: words in two dimensions, as a picture or a page.

use super::open::{self, OpenArgs};
use crate::output::map::{self, Dot, Nearest, WordMap};
use crate::output::{Place, UsageError, counted, note, say};
use rapidvec::atomic_file::{self, Existing};
use rapidvec::corpus::EOS;
use rapidvec::vectors::{Numbers, WordVectors, unit_rows};
use rapidvec::{Error, Vocabulary, WordId};
use rapidvec_map::{clusters, most_frequent, pca};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Draw words in two dimensions, near words near each other
///
/// FILE.svg is a picture, FILE.html a page that can be zoomed and searched and needs nothing else. Distances on a map by t-SNE
/// mean something between neighbours only; the same model, words and seed give the same map on the same machine.
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// Where the map goes: FILE.svg or FILE.html
    #[arg(short, long, value_name = "FILE", value_parser = parse_output)]
    output: Output,
    /// Words to draw, one a line; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "top")]
    words: Option<PathBuf>,
    /// Draw so many of the most frequent words; the mark of sentence ends is not among them
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=MAX_WORDS))]
    top: u32,
    /// How many dimensions become two [default: tsne, where it is built in and there are words enough, else pca]
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// Where random choices come from: the start of t-SNE, the groups that give colours
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Overwrite FILE if it is there
    #[arg(short, long)]
    force: bool,

    #[command(flatten)]
    open: OpenArgs,
}

/// More could be calculated, but neither told apart nor moved smoothly.
const MAX_WORDS: i64 = 20_000;
/// With fewer words t-SNE has no neighbourhoods to keep.
const MIN_FOR_TSNE: usize = 8;
/// Neighbours listed for a word.
const NEIGHBOURS: usize = 10;
/// Neighbours are looked for among the words of the map and so many of the most frequent words.
const SEARCHED: usize = 50_000;
/// Of unknown words, the first few are named.
const NAMED: usize = 5;
/// A list of words that is larger is none.
const MAX_LIST: u64 = 64 << 20;
/// word2vec's mark of sentence ends.
const WORD2VEC_EOS: &str = "</s>";

#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
enum Method {
    /// The two axes along which the words differ most
    Pca,
    /// Neighbours stay neighbours
    Tsne,
}

#[derive(Debug, Clone)]
struct Output {
    path: PathBuf,
    form: map::Form,
}

fn parse_output(text: &str) -> Result<Output, String> {
    let path = PathBuf::from(text);
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let form = match ending.as_deref() {
        Some("svg") => map::Form::Svg,
        Some("html" | "htm") => map::Form::Html,
        _ => return Err("expected a name that ends in .svg or .html".to_owned()),
    };
    Ok(Output { path, form })
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    if args.method == Some(Method::Tsne) && !cfg!(feature = "tsne") {
        return Err(UsageError("this build has no t-SNE (feature `tsne` is off); use --method pca".to_owned()).into());
    }
    let place = Place::named(&args.output.path);
    place.check_unread([&args.model].into_iter().chain(&args.words))?;
    place.check_file("a map", args.force)?;
    let vectors = args.open.vectors(&args.model)?;
    let ids = chosen(args, vectors.vocabulary())?;
    let drawing = drawing(args, &vectors, &ids)?;
    let labels =
        atomic_file::write(&args.output.path, Existing::replace_if(args.force), |out| match args.output.form {
            map::Form::Svg => map::svg(out, &drawing),
            map::Form::Html => map::html(out, &drawing, &nearest(&vectors, &ids)).map(|()| drawing.dots.len()),
        })?;
    let hidden = drawing.dots.len() - labels;
    let without = if hidden > 0 { format!(", {hidden} of them without room for their names") } else { String::new() };
    say(format_args!("{}: {}{without}", args.output.path.display(), counted(drawing.dots.len() as u64, "word(s)")));
    Ok(())
}

/// The words to draw, the most important first.
fn chosen(args: &Args, vocabulary: &Vocabulary) -> anyhow::Result<Vec<WordId>> {
    let ids = match &args.words {
        Some(list) => listed(vocabulary, &read_list(list)?)?,
        None => {
            let is_mark = |id: &WordId| [EOS, WORD2VEC_EOS].contains(&vocabulary.word(*id));
            open::tell_order(&args.model, vocabulary, args.top as usize);
            let top = most_frequent(vocabulary, args.top as usize + 2); // the marks make room for others
            top.into_iter().filter(|id| !is_mark(id)).take(args.top as usize).collect()
        }
    };
    let from = args.words.as_ref().unwrap_or(&args.model);
    anyhow::ensure!(!ids.is_empty(), "{}: no words to draw", from.display());
    anyhow::ensure!(ids.len() as i64 <= MAX_WORDS, "a map holds at most {MAX_WORDS} words, got {}", ids.len());
    Ok(ids)
}

/// The lines of a file, without those that are empty.
fn read_list(path: &Path) -> anyhow::Result<Vec<String>> {
    let from: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(fs::File::open(path).map_err(Error::io(path))?)
    };
    let mut bytes = Vec::new();
    from.take(MAX_LIST + 1).read_to_end(&mut bytes).map_err(Error::io(path))?;
    let shown = path.display();
    anyhow::ensure!(bytes.len() as u64 <= MAX_LIST, "{shown}: expected a list of words, got over 64 MB");
    let text = String::from_utf8(bytes);
    let text =
        text.map_err(|error| anyhow::anyhow!("{shown}: expected UTF-8, one word a line: {}", error.utf8_error()))?;
    let lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.is_empty());
    Ok(lines.map(str::to_owned).collect())
}

/// The ids of those words that the vocabulary has, each once, frequent ones first; the others are told.
fn listed(vocabulary: &Vocabulary, words: &[String]) -> anyhow::Result<Vec<WordId>> {
    let id = |word: &String| vocabulary.id(word).or_else(|| vocabulary.id(word.trim()));
    let unknown: Vec<_> = words.iter().filter(|word| id(word).is_none()).collect();
    if !unknown.is_empty() {
        let named: Vec<_> = unknown.iter().take(NAMED).map(|word| format!("`{}`", word.escape_debug())).collect();
        let more = if unknown.len() > NAMED { ", ..." } else { "" };
        let message = format!("{} of {} words are unknown: {}{more}", unknown.len(), words.len(), named.join(", "));
        anyhow::ensure!(unknown.len() < words.len(), message);
        note(message);
    }
    let mut seen = BTreeSet::new();
    let mut ids: Vec<_> = words.iter().filter_map(id).filter(|&id| seen.insert(id)).collect();
    ids.sort_by_key(|&id| std::cmp::Reverse(vocabulary.count(id)));
    Ok(ids)
}

fn drawing(args: &Args, vectors: &WordVectors, ids: &[WordId]) -> anyhow::Result<WordMap> {
    let size = vectors.vector_size();
    let rows = unit_rows(vectors.rows(), ids); // so that distances on the map correspond to cosines
    let method = method(args, ids.len());
    let (places, method) = match method {
        #[cfg(feature = "tsne")]
        Method::Tsne => (tsne(&rows, size, args.seed)?, "t-SNE".to_owned()),
        _ => {
            let seen = pca(&rows, size, 2)?;
            let share = 100.0 * seen.explained.iter().sum::<f64>();
            (seen.points, format!("PCA, two axes with {share:.0} % of the variance"))
        }
    };
    let groups = clusters(&rows, size, map::COLOURS.min(ids.len().div_ceil(6)), args.seed)?;
    let vocabulary = vectors.vocabulary();
    let dots = ids.iter().zip(places.as_chunks::<2>().0).zip(groups).map(|((&id, &[x, y]), group)| Dot {
        word: vocabulary.word(id).to_owned(),
        count: vocabulary.count(id),
        x: f64::from(x),
        y: f64::from(y),
        group,
    });
    let name = args.model.file_name().map_or_else(|| args.model.display().to_string(), |n| n.to_string_lossy().into());
    Ok(WordMap::new(name, method, dots.collect()))
}

#[cfg(feature = "tsne")]
fn tsne(rows: &[f32], size: usize, seed: u64) -> Result<Vec<f32>, rapidvec_map::MapError> {
    use rapidvec_map::{TsneOptions, tsne};
    tsne(rows, size, &TsneOptions { seed, ..TsneOptions::default() })
}

fn method(args: &Args, words: usize) -> Method {
    let built_in = if cfg!(feature = "tsne") { Method::Tsne } else { Method::Pca };
    args.method.unwrap_or(if words < MIN_FOR_TSNE { Method::Pca } else { built_in })
}

/// The nearest words of each word by cosine, from the full vectors, whether they are on the map or not.
fn nearest(vectors: &WordVectors, ids: &[WordId]) -> Vec<Vec<Nearest>> {
    let some = searched(vectors, ids);
    let vectors = some.as_ref().unwrap_or(vectors);
    let words: Vec<&str> = if some.is_some() {
        vectors.vocabulary().words().take(ids.len()).collect()
    } else {
        ids.iter().map(|&id| vectors.vocabulary().word(id)).collect()
    };
    let found = vectors.search().most_similar_batch(&words, NEIGHBOURS).expect("the words come from this vocabulary");
    let nearest = |(word, similarity): (&str, f32)| Nearest { word: word.to_owned(), similarity };
    found.iter().map(|hits| hits.iter().map(nearest).collect()).collect()
}

/// A large model's most frequent words, those of the map before them. `None`: the model is not large.
fn searched(vectors: &WordVectors, ids: &[WordId]) -> Option<WordVectors> {
    if vectors.len() <= SEARCHED {
        return None;
    }
    let (mut vocabulary, mut numbers) = (Vocabulary::new(), Vec::new());
    for id in ids.iter().copied().chain(most_frequent(vectors.vocabulary(), SEARCHED)) {
        if vocabulary.insert(vectors.vocabulary().word(id), vectors.vocabulary().count(id)).is_some() {
            numbers.extend(vectors.vector_by_id(id).expect("ids come from this vocabulary"));
        }
    }
    let some = WordVectors::new(vocabulary, vectors.vector_size(), Numbers::F32(numbers));
    Some(some.expect("whole rows of finite numbers, since they were opened"))
}
