//! Counts the lines, compares their number with the header, then parses them on all threads.

use super::line::{self, Fault};
use super::number;
use super::pieces::{Piece, pieces};
use super::sample::{agreed_size, numbers_columns};
use crate::Numbers;
use crate::error::FormatError;
use crate::format::header::Header;
use crate::format::recognise::text_or_binary;
use crate::format::table_builder::{Place, WordSpan};
use crate::format::{Format, OpenOptions, OpenReport, VectorTable, header, language, table_builder};
use crate::storage::Rows;
use rapidvec_core::parallel::{self, cores, try_map};

/// Reads word2vec's text: a line `V D`, then a line for each word.
///
/// # Errors
/// [`FormatError`] for a violation of the [format](super) that `options` do not allow.
pub fn read(bytes: &[u8], options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
    let header =
        Header::find(bytes)?.ok_or(FormatError::NoHeader { got: "the first line is not two whole numbers" })?;
    if text_or_binary(bytes, &header) == Format::Word2vecBinary && bytes.len() > header.length {
        return Err(FormatError::OtherFormat { expected: "word2vec text", got: "word2vec binary" });
    }
    let text = Text::new(&bytes[header.length..], header.vector_size, 2, Some(header.words), options);
    let least = header.vector_size.checked_mul(2).and_then(|least| least.checked_add(1)); // separator, digit; line end
    let wanted = header.wanted(options, least, text.body.len(), || text.too_short(header.words))?;
    let pieces = pieces(text.body);
    let lines = lines(&pieces);
    if lines < wanted {
        return Err(text.truncated(lines - usize::from(text.is_cut(lines))));
    }
    if lines > wanted && options.limit.is_none() {
        return Err(FormatError::MoreRows { expected: header.words, line: wanted + 2 });
    }
    let report = OpenReport { stopped_at_limit: text.more || header.words > wanted, ..OpenReport::default() };
    text.read(&pieces, report)
}

/// Reads GloVe's text: a line for each word, without a header.
///
/// # Errors
/// As [`read`]; [`FormatError::NoVectorSize`] if the first lines do not look like words with numbers.
pub fn read_without_header(bytes: &[u8], options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
    let bytes = header::without_mark(bytes);
    let vector_size = agreed_size(bytes).ok_or(FormatError::NoVectorSize)?;
    let head = numbers_columns(bytes, vector_size);
    let text = Text::new(&bytes[head.unwrap_or(0)..], vector_size, 1 + usize::from(head.is_some()), None, options);
    let pieces = pieces(text.body);
    header::wanted(lines(&pieces), options)?;
    let report = OpenReport { stopped_at_limit: text.more, column_header: head.is_some(), ..OpenReport::default() };
    text.read(&pieces, report)
}

fn lines(pieces: &[Piece]) -> usize {
    pieces.last().map_or(0, |last| last.first + last.lines)
}

/// The lines of the words, and their properties.
struct Text<'a> {
    /// Without the end of the last line.
    body: &'a [u8],
    vector_size: usize,
    /// The number of the first line, from 1.
    first_line: usize,
    /// The number of lines that the header declares.
    declared: Option<usize>,
    /// Whether the last line of the file has no line end.
    unfinished: bool,
    /// Whether the limit dropped lines.
    more: bool,
    /// What a word begins with that is kept, without it; empty: every word is.
    label: String,
    options: &'a OpenOptions,
}

impl<'a> Text<'a> {
    fn new(
        body: &'a [u8],
        vector_size: usize,
        first_line: usize,
        declared: Option<usize>,
        options: &'a OpenOptions,
    ) -> Self {
        let unfinished = body.last() != Some(&b'\n');
        let body = body.trim_ascii_end();
        // A word, even an empty one or one of spaces, is never cut off: numbers follow it.
        let kept = options.limit.map_or(body, |limit| first_lines(body, declared.map_or(limit, |p| p.min(limit))));
        let more = kept.len() < body.len();
        let label = language::label(options).unwrap_or_default();
        Self { body: kept, vector_size, first_line, declared, unfinished: unfinished && !more, more, label, options }
    }

    /// The error for a body that is too short for its numbers: too few lines, or a line that is too short.
    fn too_short(&self, declared: usize) -> FormatError {
        let pieces = pieces(self.body);
        let bad = || pieces.iter().find_map(|piece| self.parse(piece, None).err());
        let enough = lines(&pieces) >= self.options.limit.map_or(declared, |limit| limit.min(declared));
        enough
            .then(bad)
            .flatten()
            .map(|error| self.named(error, lines(&pieces)))
            .unwrap_or_else(|| self.truncated(self.whole_lines()))
    }

    /// The number of lines that have a line end and are long enough for their numbers.
    fn whole_lines(&self) -> usize {
        let long = |line: &&[u8]| line.len() / 2 >= self.vector_size;
        let last = self.body.rsplit(|&b| b == b'\n').next().filter(long);
        let long = self.body.split(|&b| b == b'\n').filter(long).count();
        long - usize::from(self.unfinished && last.is_some())
    }

    /// Whether the last of `lines` lines is truncated.
    fn is_cut(&self, lines: usize) -> bool {
        let last = self.body.rsplit(|&b| b == b'\n').next().unwrap_or_default();
        lines > 0 && self.unfinished && line::split(last, self.vector_size, &mut |_, _| ()).is_err()
    }

    fn truncated(&self, got: usize) -> FormatError {
        let expected = self.declared.unwrap_or(got);
        FormatError::TruncatedRows { expected, vector_size: self.vector_size, got: got.min(expected.saturating_sub(1)) }
    }

    fn read(&self, pieces: &[Piece], mut report: OpenReport) -> Result<(VectorTable, OpenReport), FormatError> {
        let lines = lines(pieces);
        let counted: Vec<_> = parallel::map(cores(), pieces, |piece| (piece, self.kept(piece)));
        let rows = counted.iter().map(|(_, kept)| kept).sum();
        if rows == 0 && lines > 0 {
            return Err(language::missing(&self.label, line::fields(self.body).next().unwrap_or_default()));
        }
        report.unfinished = self.unfinished;
        report.other_languages = (lines - rows) as u64;
        if table_builder::exceeds_file(rows, self.vector_size, self.body.len()) {
            try_map(cores(), pieces, |piece| self.parse(piece, None)).map_err(|error| self.named(error, lines))?;
        }
        table_builder::check_room(rows, self.vector_size)?;
        let mut words = vec![WordSpan::default(); rows];
        let mut numbers = vec![0.0; rows * self.vector_size];
        let places = (&mut words[..], &mut numbers[..]);
        let shares = table_builder::shares(&counted, |(_, kept)| *kept, self.vector_size, places);
        let parsed = try_map(cores(), shares, |((piece, _), place)| self.parse(piece, Some(place)));
        parsed.map_err(|error| self.named(error, lines))?;
        let table = table_builder::table(self.body, &words, self.vector_size, numbers, self.options, &mut report)?;
        Ok((table, report))
    }

    /// An error in the last line means a truncated file if that line has no line end.
    fn named(&self, error: FormatError, rows: usize) -> FormatError {
        match error {
            FormatError::RowLength { line, .. } | FormatError::RowNumber { line, .. }
                if self.declared.is_some() && self.unfinished && line + 1 == self.first_line + rows =>
            {
                self.truncated(rows - 1)
            }
            other => other,
        }
    }

    /// Checks every line of `piece`, and stores its words and numbers in `into`, if given.
    fn parse(&self, piece: &Piece, mut into: Option<Place>) -> Result<(), FormatError> {
        let (mut at, mut kept) = (piece.bytes.start, 0);
        for row in 0..piece.lines {
            if !self.is_kept(at) {
                at = next_line(self.body, at);
                continue;
            }
            let mut bad = None;
            let range = kept * self.vector_size..(kept + 1) * self.vector_size;
            let (word, next) = match &mut into {
                Some((_, numbers)) => {
                    let numbers = &mut numbers[range];
                    self.line(at, piece.first + row, &mut |column, number: f32| {
                        bad = if number.is_finite() { bad } else { Some(number) };
                        numbers[column] = number;
                    })?
                }
                None => self.line(at, piece.first + row, &mut |_, number: f32| {
                    bad = if number.is_finite() { bad } else { Some(number) };
                })?,
            };
            if self.body[word.clone()].contains(&0) {
                return Err(FormatError::Nul { line: self.first_line + piece.first + row });
            }
            table_builder::check_row(&self.body[word.clone()], piece.first + row, bad, self.options)?;
            if let Some((words, _)) = &mut into {
                let start = (word.start + self.label.len()).min(word.end);
                words[kept] = WordSpan::new(start..word.end, bad.is_none());
            }
            (at, kept) = (next, kept + 1);
        }
        Ok(())
    }

    /// Whether the word of the line at byte `at` is to be read.
    fn is_kept(&self, at: usize) -> bool {
        self.label.is_empty() || self.body[at..].starts_with(self.label.as_bytes())
    }

    /// How many words of `piece` are to be read.
    fn kept(&self, piece: &Piece) -> usize {
        if self.label.is_empty() {
            return piece.lines;
        }
        let starts = std::iter::successors(Some(piece.bytes.start), |&at| Some(next_line(self.body, at)));
        starts.take(piece.lines).filter(|&at| self.is_kept(at)).count()
    }

    /// Where the word of the line at byte `at` is, and where the next line starts.
    fn line(
        &self,
        at: usize,
        row: usize,
        see: &mut impl FnMut(usize, f32),
    ) -> Result<(std::ops::Range<usize>, usize), FormatError> {
        let rest = &self.body[at..];
        if let Some((word, length)) = line::usual(rest, self.vector_size, see) {
            return Ok((at..at + word, at + length));
        }
        let end = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
        let line = &rest[..end];
        let word = line::split(line, self.vector_size, see)
            .map_err(|fault| self.refuse(fault, line, row, end == rest.len()))?;
        Ok((at + word.start..at + word.end, (at + end + 1).min(self.body.len())))
    }

    fn refuse(&self, fault: Fault, line: &[u8], row: usize, last: bool) -> FormatError {
        let (number, expected) = (self.first_line + row, self.vector_size);
        match fault {
            Fault::Length(got) => FormatError::RowLength { line: number, expected, got, row, last: last && !self.more },
            Fault::CarriageReturn => FormatError::CarriageReturn { line: number },
            Fault::Number(field) => {
                FormatError::RowNumber { line: number, expected, got: table_builder::lossy(&line[field]) }
            }
        }
    }
}

/// Where the line after that at byte `at` begins.
fn next_line(body: &[u8], at: usize) -> usize {
    let end = body[at..].iter().position(|&b| b == b'\n');
    end.map_or(body.len(), |end| at + end + 1)
}

/// The first `lines` lines, without the end of the last.
fn first_lines(body: &[u8], lines: usize) -> &[u8] {
    let ends = body.iter().enumerate().filter(|&(_, &b)| b == b'\n').map(|(at, _)| at);
    match lines.checked_sub(1) {
        Some(before) => ends.into_iter().nth(before).map_or(body, |end| &body[..end]),
        None => &[],
    }
}

/// Reads a matrix of numbers: a line for each row, all of the same length; a line `V D` before them is left out.
///
/// # Errors
/// [`FormatError::RowLength`] and [`FormatError::RowNumber`] with the line; [`FormatError::Empty`].
pub(in crate::format) fn read_matrix(bytes: &[u8]) -> Result<Rows, FormatError> {
    let bytes = header::without_mark(bytes);
    let found = Header::find(bytes)?;
    let body = &bytes[found.map_or(0, |header| header.length)..];
    let separator = line::separator(bytes);
    let count = |line| line::any_fields(line, separator).count();
    let vector_size = body.split(|&b| b == b'\n').map(count).find(|&fields| fields > 0);
    // Two whole numbers a line are a matrix of two columns.
    let (body, vector_size, first) = match (found, vector_size) {
        (Some(header), Some(size)) if size == header.vector_size => (body, size, 2),
        (Some(_), _) => (bytes, 2, 1),
        (None, size) => (body, size.unwrap_or(0), 1),
    };
    let mut numbers = Vec::new();
    let mut rows = 0;
    for (line, number) in body.split(|&b| b == b'\n').zip(first..) {
        let before = numbers.len();
        for field in line::any_fields(line, separator) {
            let refused =
                || FormatError::RowNumber { line: number, expected: vector_size, got: table_builder::lossy(&field) };
            numbers.push(number::whole(&field).ok_or_else(refused)?);
        }
        let got = numbers.len() - before;
        if got != vector_size && got > 0 {
            return Err(FormatError::RowLength { line: number, expected: vector_size, got, row: rows, last: false });
        }
        rows += usize::from(got > 0);
    }
    Rows::new(rows, vector_size, Numbers::F32(numbers))
}
