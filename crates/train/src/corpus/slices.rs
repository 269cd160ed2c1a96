//! A list of texts, cut into parts of about the same size for processes that read one each.
//!
//! Parts follow each other as the texts do. A plain file is cut between two lines; a compressed one, a table, or one in another
//! encoding stays whole.

use super::blocks::Origin;
use super::decompress::as_io;
use super::error::CorpusError;
use super::head::{self, HEAD_BYTES};
use super::input::not_opened;
use super::options::CorpusOptions;
use super::prepare::Preparation;
use super::read::{Reading, SIZES};
use super::source::Source;
use super::text::Corpus;
use super::workers::Watch;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A file, or some lines of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Slice {
    path: PathBuf,
    /// The first of its bytes, and how many, if it is not the whole file.
    lines: Option<(u64, u64)>,
}

/// A file to be cut.
struct Piece<'s> {
    path: &'s Path,
    /// Bytes of it, and of the files before it.
    length: u64,
    before: u64,
    /// Whether it can be cut between two lines.
    has_lines: bool,
}

/// Cuts `sources` into `parts` parts; some may be empty.
///
/// # Errors
/// Standard input, which only one process has; a file is missing or cannot be read.
pub(crate) fn slices(sources: &[Source], parts: usize, preparation: &Preparation) -> Result<Vec<Vec<Slice>>> {
    let mut pieces = Vec::with_capacity(sources.len());
    let mut total = 0;
    for source in sources {
        let piece = Piece::of(source, total, preparation)?;
        total += piece.length;
        pieces.push(piece);
    }
    let mut cuts = vec![0];
    for part in 1..parts {
        let wanted = (u128::from(total) * part as u128 / parts as u128) as u64;
        cuts.push(cut(&pieces, wanted)?);
    }
    cuts.push(total);
    Ok(cuts.windows(2).map(|cut| between(&pieces, cut[0], cut[1])).collect())
}

impl<'s> Piece<'s> {
    fn of(source: &'s Source, before: u64, preparation: &Preparation) -> Result<Self> {
        let Source::File(path) = source else {
            return Err(CorpusError::NotShared { name: source.to_string() }.into());
        };
        let about = fs::metadata(path).map_err(not_opened(path))?;
        if !about.is_file() {
            return Err(CorpusError::NotShared { name: source.to_string() }.into());
        }
        let mut first = Vec::new();
        let file = File::open(path).map_err(Error::io(path))?;
        file.take(HEAD_BYTES as u64).read_to_end(&mut first).map_err(Error::io(path))?;
        let Preparation { column, encoding, .. } = preparation;
        let has_lines = head::compression(&first).is_none() && column.is_none() && encoding.is_none();
        Ok(Self { path, length: about.len(), before, has_lines })
    }

    fn end(&self) -> u64 {
        self.before + self.length
    }
}

/// The place nearest to `wanted`, or soon after it, where the texts can be cut.
fn cut(pieces: &[Piece], wanted: u64) -> Result<u64> {
    let Some(piece) = pieces.iter().find(|piece| wanted < piece.end()) else { return Ok(wanted) };
    let within = wanted - piece.before;
    if piece.has_lines {
        return Ok(piece.before + line_start(piece.path, within).map_err(Error::io(piece.path))?);
    }
    Ok(if within * 2 < piece.length { piece.before } else { piece.end() })
}

/// The first place from `from` on at which a line of the file starts.
fn line_start(path: &Path, from: u64) -> io::Result<u64> {
    let Some(before) = from.checked_sub(1) else { return Ok(0) };
    let mut file = BufReader::new(File::open(path)?);
    file.seek(SeekFrom::Start(before))?;
    let mut at = before;
    loop {
        let bytes = file.fill_buf()?;
        let found = bytes.iter().position(|&byte| byte == b'\n');
        let length = found.map_or(bytes.len(), |end| end + 1);
        at += length as u64;
        if found.is_some() || length == 0 {
            return Ok(at);
        }
        file.consume(length);
    }
}

fn between(pieces: &[Piece], start: u64, end: u64) -> Vec<Slice> {
    let mut slices = Vec::new();
    for piece in pieces {
        let (first, last) = (start.max(piece.before), end.min(piece.end()));
        if first < last {
            let is_whole = first == piece.before && last == piece.end();
            let lines = (!is_whole).then_some((first - piece.before, last - first));
            slices.push(Slice { path: piece.path.to_owned(), lines });
        }
    }
    slices
}

/// So many bytes of a file; fewer are an error.
struct Lines {
    file: io::Take<File>,
    path: PathBuf,
    expected: u64,
}

impl Lines {
    fn open(path: &Path, start: u64, length: u64) -> Result<Self> {
        let mut file = File::open(path).map_err(not_opened(path))?;
        file.seek(SeekFrom::Start(start)).map_err(Error::io(path))?;
        Ok(Self { file: file.take(length), path: path.to_owned(), expected: start + length })
    }
}

impl Read for Lines {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(bytes)?;
        if read == 0 && !bytes.is_empty() && self.file.limit() > 0 {
            let [expected, got] =
                [self.expected, self.expected - self.file.limit()].map(|length| format!("{length} bytes"));
            return Err(as_io(CorpusError::Changed { path: self.path.clone(), expected, got }.into()));
        }
        Ok(read)
    }
}

impl Corpus {
    /// Reads slices one after the other.
    ///
    /// # Errors
    /// As [`read_watched`](Self::read_watched).
    pub(crate) fn read_slices(slices: &[Slice], options: &CorpusOptions, watch: &mut Watch) -> Result<Self> {
        let sources: Vec<Source> = slices.iter().map(|slice| Source::File(slice.path.clone())).collect();
        let mut origins = Vec::with_capacity(slices.len());
        for (slice, source) in slices.iter().zip(&sources) {
            origins.push(match slice.lines {
                None => Origin::Source(source),
                Some((start, length)) => {
                    Origin::Reader(source.to_string(), Box::new(Lines::open(&slice.path, start, length)?))
                }
            });
        }
        let name = super::read::name_of(&sources);
        Reading { name, origins, total: None, options, sizes: SIZES }.run(watch).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::WordOrder;
    use std::ops::ControlFlow;

    fn read(slices: &[Slice]) -> Result<Vec<String>> {
        let options = CorpusOptions::default().min_count(1).order(WordOrder::ByAppearance).threads(1);
        let corpus = Corpus::read_slices(slices, &options, &mut |_| ControlFlow::Continue(()))?;
        let word =
            |id| if id == rapidvec_core::EOS_ID { "/".to_owned() } else { corpus.vocabulary().word(id).to_owned() };
        Ok(corpus.ids().iter().map(word).collect())
    }

    #[test]
    fn parts_have_every_line_once_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut sources = Vec::new();
        for (number, text) in
            ["a b\nc\nd e f\n", "g\n", "", "h i\n\n\nj k l m n o p\nq", "r s t u v w\nx"].iter().enumerate()
        {
            let path = folder.path().join(number.to_string());
            fs::write(&path, text).unwrap();
            sources.push(Source::File(path));
        }
        let plain = Preparation::default();
        let whole = read(&slices(&sources, 1, &plain).unwrap()[0]).unwrap();
        for parts in 2..12 {
            let cut = slices(&sources, parts, &plain).unwrap();
            assert_eq!(cut.len(), parts);
            let read: Vec<_> =
                cut.iter().filter(|slices| !slices.is_empty()).map(|slices| read(slices).unwrap()).collect();
            assert_eq!(read.concat(), whole, "{parts} parts: {cut:?}");
        }
        let table = Preparation { column: Some("1".to_owned()), ..plain };
        assert!(slices(&sources, 7, &table).unwrap().iter().flatten().all(|slice| slice.lines.is_none()));
    }

    #[test]
    fn refuses_what_other_processes_cannot_read_and_a_file_that_became_shorter() {
        let stdin = slices(&[Source::Stdin], 2, &Preparation::default()).unwrap_err();
        assert!(stdin.to_string().starts_with("stdin cannot be shared"), "{stdin}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "a b\n".repeat(100)).unwrap();
        let source = [Source::File(path.clone())];
        let cut = slices(&source, 2, &Preparation::default()).unwrap();
        fs::write(&path, "a b\n".repeat(80)).unwrap();
        let error = read(&cut[1]).unwrap_err().to_string();
        assert!(error.contains("400 bytes") && error.contains("320 bytes"), "{error}");
        fs::remove_file(&path).unwrap();
        for error in [read(&cut[0]).unwrap_err(), slices(&source, 2, &Preparation::default()).unwrap_err()] {
            assert!(error.to_string().starts_with("there is no file"), "{error}");
        }
    }
}
