//! Reading files of questions or pairs, recognised by content; errors name the line.

use super::error::EvaluateError;
use crate::error::Result;
use crate::lines::Lines;
use rapidvec_core::{Vocabulary, WordId};
use std::io::Read;
use std::path::Path;

/// A file to evaluate vectors with.
#[derive(Debug, Clone)]
pub enum EvaluationSet {
    /// Questions "a is to b as c is to d".
    Analogies(Analogies),
    /// Pairs of words with human similarity scores.
    Pairs(WordPairs),
}

/// Questions, by section.
#[derive(Debug, Clone, Default)]
pub struct Analogies {
    pub(super) words: Vocabulary,
    pub(super) sections: Vec<Section>,
}

/// Questions under one heading.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// The text after the colon; empty for questions before the first heading.
    pub name: String,
    pub(super) questions: Vec<[WordId; 4]>,
}

impl Section {
    /// The number of questions.
    pub fn len(&self) -> usize {
        self.questions.len()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }
}

impl Analogies {
    /// The sections, in the order of the file.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Every question's four words, in the order of the file.
    pub fn questions(&self) -> impl Iterator<Item = [&str; 4]> {
        let questions = self.sections.iter().flat_map(|section| &section.questions);
        questions.map(|ids| ids.map(|id| self.words.word(id)))
    }

    fn line(&mut self, name: &str, line: u64, text: &str) -> Result<(), EvaluateError> {
        let mut fields = text.split_whitespace();
        let words = [(); 4].map(|()| fields.next());
        let rest = fields.count();
        if is_heading(text) {
            let name = text.trim_start_matches([':', ' ']).trim().to_owned();
            self.sections.push(Section { name, questions: Vec::new() });
        } else if let ([Some(a), Some(b), Some(c), Some(d)], 0) = (words, rest) {
            // Below a heading there are only questions.
            let is_headed = self.sections.last().is_some_and(|section| !section.name.is_empty());
            if is_number(d) && !is_number(c) && !is_headed {
                let (name, got) = (name.to_owned(), d.chars().take(40).collect());
                return Err(EvaluateError::NumberInQuestion { name, line, got });
            }
            let question = [a, b, c, d].map(|word| self.words.add(word));
            if self.sections.is_empty() {
                self.sections.push(Section::default());
            }
            self.sections.last_mut().expect("a section was just added").questions.push(question);
        } else if words[0].is_some() && !text.starts_with('#') {
            let got = words.iter().flatten().count() + rest;
            let (name, what) = (name.to_owned(), "the four words of a question");
            return Err(EvaluateError::FieldCount { name, line, what, expected: 4, got });
        }
        Ok(())
    }
}

/// Whether a field is a number, and not a word such as `nan`.
fn is_number(field: &str) -> bool {
    field.parse().is_ok_and(f64::is_finite)
}

/// Whether a field is a number in another notation, such as `8,5`, or a mistyped one; the name of a column is not.
fn begins_as_number(field: &str) -> bool {
    field.trim_start_matches(['+', '-', '.']).starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a line is a heading: a colon, but not one that begins the first of four words.
fn is_heading(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(':') else { return false };
    rest.starts_with(char::is_whitespace) || text.split_whitespace().count() != 4
}

/// Pairs of words, each with a number.
#[derive(Debug, Clone, Default)]
pub struct WordPairs {
    pub(super) words: Vocabulary,
    pub(super) pairs: Vec<(WordId, WordId, f64)>,
    /// Whether the first line held the names of the columns and was skipped.
    pub has_header: bool,
}

impl WordPairs {
    /// The number of pairs.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Every pair and its number, in the order of the file.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str, f64)> {
        self.pairs.iter().map(|&(a, b, number)| (self.words.word(a), self.words.word(b), number))
    }

    fn line(&mut self, separator: Separator, name: &str, line: u64, text: &str) -> Result<(), EvaluateError> {
        if text.starts_with('#') || text.trim().is_empty() {
            return Ok(());
        }
        let name = || name.to_owned();
        let fields = separator.split(text);
        let &[a, b, number] = &fields[..] else {
            let what = "two words and a number";
            return Err(EvaluateError::FieldCount { name: name(), line, what, expected: 3, got: fields.len() });
        };
        match number.parse() {
            Ok(number) if f64::is_finite(number) => self.pairs.push((self.words.add(a), self.words.add(b), number)),
            Err(_) if self.pairs.is_empty() && !self.has_header && !begins_as_number(number) => self.has_header = true,
            _ => return Err(EvaluateError::NotANumber { name: name(), line, got: number.chars().take(40).collect() }),
        }
        Ok(())
    }
}

/// The separator of the fields of a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Separator {
    Tab,
    Comma,
    Space,
}

impl Separator {
    /// The separator that divides this line into three fields, if one does.
    fn of(text: &str) -> Option<Self> {
        [Self::Tab, Self::Comma, Self::Space].into_iter().find(|separator| separator.split(text).len() == 3)
    }

    fn split(self, text: &str) -> Vec<&str> {
        match self {
            Self::Tab => text.split('\t').map(str::trim).collect(),
            Self::Comma => text.split(',').map(str::trim).collect(),
            Self::Space => text.split_whitespace().collect(),
        }
    }
}

impl EvaluationSet {
    /// Reads the file (or pipe) at `path`; gzip, bzip2, zstd and xz are decompressed.
    ///
    /// # Errors
    /// As [`read`](Self::read), and an error of the system if there is no such file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::of_lines(Lines::open(path.as_ref())?)
    }

    /// Reads to the end; messages call the text `name`.
    ///
    /// # Errors
    /// [`EvaluateError`] if the file is of neither kind or a line has too few or too many fields;
    /// [`TextError`](crate::error::TextError) if it is not text; an error of the system if it cannot be read.
    pub fn read(reader: impl Read + Send, name: &str) -> Result<Self> {
        Self::of_lines(Lines::new(reader, name)?)
    }

    fn of_lines(mut lines: Lines) -> Result<Self> {
        let name = lines.name().to_owned();
        let mut set = None;
        while let Some((line, text)) = lines.next_line()? {
            if set.is_none() {
                if text.trim().is_empty() || text.starts_with('#') {
                    continue;
                }
                set = Some(Self::recognise(&name, line, text)?);
            }
            match &mut set {
                Some((Self::Analogies(analogies), _)) => analogies.line(&name, line, text)?,
                Some((Self::Pairs(pairs), separator)) => pairs.line(*separator, &name, line, text)?,
                None => unreachable!("the set was just made"),
            }
        }
        set.map(|(set, _)| set).filter(|set| !set.is_empty()).ok_or_else(|| EvaluateError::Empty { name }.into())
    }

    /// An empty set of the kind that this first line indicates.
    fn recognise(name: &str, line: u64, text: &str) -> Result<(Self, Separator), EvaluateError> {
        let fields = text.split_whitespace().count();
        match Separator::of(text) {
            _ if is_heading(text) => Ok((Self::Analogies(Analogies::default()), Separator::Space)),
            Some(separator) => Ok((Self::Pairs(WordPairs::default()), separator)),
            None if fields == 4 => Ok((Self::Analogies(Analogies::default()), Separator::Space)),
            None => Err(EvaluateError::Unrecognised { name: name.to_owned(), line, got: fields }),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Analogies(analogies) => analogies.sections.iter().all(Section::is_empty),
            Self::Pairs(pairs) => pairs.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{CoreError, Error};

    fn analogies(text: &str) -> Analogies {
        match EvaluationSet::read(text.as_bytes(), "t").unwrap() {
            EvaluationSet::Analogies(analogies) => analogies,
            other => panic!("{other:?}"),
        }
    }

    fn pairs(text: &str) -> WordPairs {
        match EvaluationSet::read(text.as_bytes(), "t").unwrap() {
            EvaluationSet::Pairs(pairs) => pairs,
            other => panic!("{other:?}"),
        }
    }

    fn refused(text: impl AsRef<[u8]>) -> EvaluateError {
        match EvaluationSet::read(text.as_ref(), "t").unwrap_err() {
            Error::Evaluate(refused) => refused,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn questions_belong_to_their_sections() {
        let read = analogies("# about\n\n: one two\r\na b c d\r\n:  three\n\n#a #b #c #d\n: empty\n# x\n");
        let sections: Vec<_> = read.sections().iter().map(|s| (s.name.as_str(), s.len())).collect();
        assert_eq!(sections, [("one two", 1), ("three", 1), ("empty", 0)]);
        assert_eq!(read.questions().collect::<Vec<_>>(), [["a", "b", "c", "d"], ["#a", "#b", "#c", "#d"]]);
    }

    #[test]
    fn sections_are_optional_and_a_colon_may_begin_a_word() {
        let read = analogies("a b c d\n:) b c :(\n:next\na\tb  c\u{3000}d\n");
        let sections: Vec<_> = read.sections().iter().map(|s| (s.name.as_str(), s.len())).collect();
        assert_eq!(sections, [("", 2), ("next", 1)]);
        assert!(is_heading(": three words more") && !is_heading(":) b c d"));
    }

    #[test]
    fn a_question_below_a_heading_may_end_in_a_number() {
        assert_eq!(analogies(": years\nobama 2008 trump 2016\n").questions().count(), 1);
        assert!(matches!(refused("old new A 1.58\n"), EvaluateError::NumberInQuestion { line: 1, .. }));
    }

    #[test]
    fn pairs_are_separated_by_tabs_commas_or_spaces() {
        let expected = vec![("a", "b", 1.5), ("c", "d e", -2.0)];
        assert_eq!(pairs("a\tb\t1.5\r\n# no\tpair\n\nc\td e\t-2").pairs().collect::<Vec<_>>(), expected);
        assert_eq!(pairs("#x\na, b , 1.5\nc,d e,-2\n").pairs().collect::<Vec<_>>(), expected);
        assert_eq!(pairs("a  b 1.5\n c\td -2\n").pairs().map(|(_, b, _)| b).collect::<Vec<_>>(), ["b", "d"]);
    }

    #[test]
    fn the_first_line_may_name_the_columns() {
        for text in ["Word 1,Word 2,Human (mean)\na,b,1\n", "word1 word2 score\na b 1\n", "w\tv\ts\na\tb\t1"] {
            let read = pairs(text);
            assert!(read.has_header && read.len() == 1, "{text}");
        }
        assert!(!pairs("a b 1\n").has_header);
    }

    #[test]
    fn a_wrong_number_of_fields_is_refused_with_its_line() {
        let at = |text| match refused(text) {
            EvaluateError::FieldCount { line, expected, got, .. } => (line, expected, got),
            other => panic!("{other:?}"),
        };
        assert_eq!(at(": s\na b c d\n\na b c\n"), (4, 4, 3));
        assert_eq!(at(": s\na b c d e\n"), (2, 4, 5));
        assert_eq!(at("a\tb\t1\na b 2\n"), (2, 3, 1));
        assert_eq!(at("a,b,1\na,b,2,\n"), (2, 3, 4));
    }

    #[test]
    fn anything_but_a_finite_number_is_refused_with_its_line() {
        for (text, bad) in [
            ("a b 1\na b x\n", 2),
            ("a\tb\t8,5\na\tb\t8.3\n", 1),
            ("w v s\nw v s\n", 2),
            ("a b nan\n", 1),
            ("a b 1\na b inf\n", 2),
        ] {
            assert!(matches!(refused(text), EvaluateError::NotANumber { line, .. } if line == bad), "{text}");
        }
    }

    #[test]
    fn a_file_of_neither_kind_is_refused() {
        assert!(matches!(refused("a b\n"), EvaluateError::Unrecognised { line: 1, got: 2, .. }));
        assert!(matches!(refused("\n\na b c d e\n"), EvaluateError::Unrecognised { line: 3, got: 5, .. }));
        for text in ["", "\n \n", "# only this\n", ": section\n: another\n", "word1 word2 score\n"] {
            assert!(matches!(refused(text), EvaluateError::Empty { .. }), "{text:?}");
        }
        assert!(matches!(EvaluationSet::read(&b"\x80\x02}\n"[..], "t"), Err(Error::Text(_))));
        assert!(matches!(EvaluationSet::read(&b"a b\0 1\n"[..], "t"), Err(Error::Text(_))));
        assert!(matches!(EvaluationSet::open("."), Err(Error::Core(CoreError::Io { .. }))));
    }

    /// Any bytes make a set that is not empty, or are refused.
    #[test]
    fn any_bytes_are_read_or_refused() {
        bolero::check!().for_each(|bytes: &[u8]| {
            if let Ok(set) = EvaluationSet::read(bytes, "t") {
                assert!(!set.is_empty());
            }
        });
    }
}
