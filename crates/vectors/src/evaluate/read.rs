//! Reading files of questions or pairs, recognised by content; errors name the line.

use super::error::EvaluateError;
use super::table::{Columns, Separator, Table, is_number};
use crate::error::Result;
use crate::lines::Lines;
use rapidvec_core::{Vocabulary, WordId};
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// The maximum number of lines of a file in BATS's form: each one is asked with every other.
const MAX_RELATED: usize = 300;

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
    /// Further right answers beside the fourth word of a question, and words to take for it if it is unknown.
    pub(super) others: HashMap<WordId, Vec<WordId>>,
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
            self.sections.push(Section { name, ..Section::default() });
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

/// Lines of a word and the words related to it, as BATS has them: `king<tab>queen/lady`. Every line is a question with every
/// other one.
#[derive(Debug, Default)]
struct Related {
    rows: Vec<[WordId; 2]>,
}

impl Related {
    /// Whether a line is of this form.
    fn is_one(text: &str) -> bool {
        let fields: Vec<_> = text.split('\t').map(str::trim).collect();
        matches!(fields[..], [word, others] if is_word(word) && others.split('/').all(is_word) && !is_number(others))
    }

    fn line(&mut self, set: &mut Analogies, name: &str, line: u64, text: &str) -> Result<(), EvaluateError> {
        if text.trim().is_empty() || text.starts_with('#') {
            return Ok(());
        }
        let name = || name.to_owned();
        if !Self::is_one(text) {
            let (what, got) = ("a word and the words related to it", text.split('\t').count());
            return Err(EvaluateError::FieldCount { name: name(), line, what, expected: 2, got });
        }
        if self.rows.len() == MAX_RELATED {
            return Err(EvaluateError::TooManyRelated { name: name(), limit: MAX_RELATED });
        }
        let (word, others) = text.split_once('\t').unwrap_or((text, ""));
        let word = set.words.add(word.trim());
        let others: Vec<_> = others.split('/').map(|other| set.words.add(other.trim())).collect();
        if let [first, rest @ ..] = &others[..] {
            self.rows.push([word, *first]);
            let section = set.sections.last_mut().expect("a file of this form is one section");
            section.others.entry(*first).or_default().extend(rest);
        }
        Ok(())
    }

    /// The questions: every pair of lines.
    fn finish(self, set: &mut Analogies) {
        let Some(section) = set.sections.last_mut() else { return };
        for (row, &[a, b]) in self.rows.iter().enumerate() {
            let others = self.rows.iter().enumerate().filter(|(other, _)| *other != row);
            section.questions.extend(others.map(|(_, &[c, d])| [a, b, c, d]));
        }
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
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

    fn line(&mut self, table: &mut Table, name: &str, line: u64, text: &str) -> Result<(), EvaluateError> {
        if text.starts_with('#') || text.trim().is_empty() {
            return Ok(());
        }
        match table.pair(name, line, text)? {
            Some((a, b, number)) => self.pairs.push((self.words.add(&a), self.words.add(&b), number)),
            None => self.has_header = true,
        }
        Ok(())
    }

    /// Without the letters of parts of speech that all words of MEN's lemmas end in: `sun-n`.
    fn without_parts_of_speech(self) -> Self {
        let bare = |word: &str| word.strip_suffix(['n', 'v', 'j', 'a', 'r'])?.strip_suffix('-').map(str::to_owned);
        let Some(bare) = self.words.words().map(bare).collect::<Option<Vec<_>>>() else { return self };
        if bare.iter().any(String::is_empty) {
            return self;
        }
        let mut words = Vocabulary::new();
        let ids: Vec<_> = bare.iter().map(|word| words.add(word)).collect();
        let pairs = self.pairs.iter().map(|&(a, b, number)| (ids[a as usize], ids[b as usize], number)).collect();
        Self { words, pairs, ..self }
    }
}

/// What a file turned out to be, while it is read.
enum Reading {
    Questions(Analogies),
    Related(Analogies, Related),
    Pairs(WordPairs, Table),
}

impl EvaluationSet {
    /// Reads the file (or pipe) at `path`; gzip, bzip2, zstd and xz are decompressed.
    ///
    /// # Errors
    /// As [`read`](Self::read), and an error of the system if there is no such file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, None)
    }

    /// As [`open`](Self::open); a file of pairs has the words and the score in `columns`.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`EvaluateError::NoColumn`].
    pub fn open_with(path: impl AsRef<Path>, columns: Option<&Columns>) -> Result<Self> {
        Self::of_lines(Lines::open(path.as_ref())?, columns)
    }

    /// Reads to the end; messages call the text `name`.
    ///
    /// # Errors
    /// [`EvaluateError`] if the file is of neither kind or a line has too few or too many fields;
    /// [`TextError`](crate::error::TextError) if it is not text; an error of the system if it cannot be read.
    pub fn read(reader: impl Read + Send, name: &str) -> Result<Self> {
        Self::of_lines(Lines::new(reader, name)?, None)
    }

    fn of_lines(mut lines: Lines, columns: Option<&Columns>) -> Result<Self> {
        let name = lines.name().to_owned();
        let mut reading = None;
        while let Some((line, text)) = lines.next_line()? {
            if reading.is_none() {
                if text.trim().is_empty() || text.starts_with('#') && columns.is_none() {
                    continue;
                }
                reading = Some(Reading::recognise(&name, line, text, columns)?);
            }
            match &mut reading {
                Some(Reading::Questions(analogies)) => analogies.line(&name, line, text)?,
                Some(Reading::Related(analogies, related)) => related.line(analogies, &name, line, text)?,
                Some(Reading::Pairs(pairs, table)) => pairs.line(table, &name, line, text)?,
                None => unreachable!("the set was just made"),
            }
        }
        reading.map(Reading::finish).filter(|set| !set.is_empty()).ok_or_else(|| EvaluateError::Empty { name }.into())
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Analogies(analogies) => analogies.sections.iter().all(Section::is_empty),
            Self::Pairs(pairs) => pairs.is_empty(),
        }
    }
}

impl Reading {
    /// What this first line begins.
    fn recognise(name: &str, line: u64, text: &str, columns: Option<&Columns>) -> Result<Self, EvaluateError> {
        if let Some(table) = columns.and_then(|_| Table::of(text, columns)) {
            return Ok(Self::Pairs(WordPairs::default(), table));
        }
        if is_heading(text) {
            return Ok(Self::Questions(Analogies::default()));
        }
        if Related::is_one(text) {
            let stem = Path::new(name).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            let section = Section { name: stem, ..Section::default() };
            let analogies = Analogies { sections: vec![section], ..Analogies::default() };
            return Ok(Self::Related(analogies, Related::default()));
        }
        let fields = Separator::Space.split(text).len();
        match Table::of(text, None) {
            Some(table) => Ok(Self::Pairs(WordPairs::default(), table)),
            None if fields == 4 => Ok(Self::Questions(Analogies::default())),
            None => Err(EvaluateError::Unrecognised { name: name.to_owned(), line, got: fields }),
        }
    }

    fn finish(self) -> EvaluationSet {
        match self {
            Self::Questions(analogies) => EvaluationSet::Analogies(analogies),
            Self::Related(mut analogies, related) => {
                related.finish(&mut analogies);
                EvaluationSet::Analogies(analogies)
            }
            Self::Pairs(pairs, _) => EvaluationSet::Pairs(pairs.without_parts_of_speech()),
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

    /// As they are published; the numbers are made up.
    #[test]
    fn published_files_are_read_as_they_are() {
        let expected = vec![("old", "new", 1.5), ("smart", "intelligent", 9.25)];
        for (text, which) in [
            (
                "word1\tword2\tPOS\tSimLex999\tconc(w1)\told\tnew\ttaken\nold\tnew\tA\t1.5\t2.7\t7\t0\t1\nsmart\tintelligent\tA\t9.25\t1\t7\t1\t1\n",
                "SimLex-999",
            ),
            ("old\tnew\tV\t1.5\tANTONYMS\nsmart\tintelligent\tV\t9.25\tSYNONYMS\n", "SimVerb-3500"),
            ("old\tnew\t1.5\t7\t5\t3\nsmart\tintelligent\t9.25\t10\t9\t8\n", "RW"),
            ("old-j new-j 1.5\nsmart-j intelligent-j 9.25\n", "MEN"),
            ("Word 1,Word 2,Human (mean),1,2\nold,new,1.5,1,2\nsmart,intelligent,9.25,9,9.5\n", "WordSim-353"),
            ("old;new;1.5\nsmart;intelligent;9.25\n", "RG-65"),
            ("old;new;1,5\nsmart;intelligent;9,25\n", "German copies"),
            ("\"word1\",\"word2\",\"similarity\"\n\"old\",\"new\",\"1.5\"\n\"smart\",\"intelligent\",9.25\n", "quoted"),
            ("old|new|1.5\nsmart|intelligent|9.25\n", "bars"),
            ("old\tnew\tA\t1.5\nsmart\tintelligent\tA\t9.25\n", "four columns"),
        ] {
            assert_eq!(pairs(text).pairs().collect::<Vec<_>>(), expected, "{which}");
        }
        let quoted = pairs("\"a, b\",\"c \"\"d\"\"\",1\n");
        assert_eq!(quoted.pairs().collect::<Vec<_>>(), [("a, b", "c \"d\"", 1.0)]);
    }

    #[test]
    fn lines_of_related_words_are_asked_with_each_other() {
        let read = analogies("king\tqueen/lady\nman\twoman\nuncle\taunt/auntie\n");
        assert_eq!((read.sections()[0].name.as_str(), read.sections()[0].len()), ("t", 6));
        assert_eq!(read.questions().next(), Some(["king", "queen", "man", "woman"]));
        assert!(matches!(refused("a\tb\nc\td\te\n"), EvaluateError::FieldCount { line: 2, expected: 2, got: 3, .. }));
        let many: String = (0..=MAX_RELATED).map(|i| format!("a{i}\tb{i}\n")).collect();
        assert!(matches!(refused(many), EvaluateError::TooManyRelated { .. }));
    }

    #[test]
    fn columns_can_be_chosen_by_name_or_number() {
        let choose = |text: &str, columns: [&str; 3]| {
            let columns = Columns(columns.map(str::to_owned));
            EvaluationSet::of_lines(Lines::new(text.as_bytes(), "t").unwrap(), Some(&columns))
        };
        let named = "id,left,right,agreement,human\n1,a,b,9,2.5\n";
        for (text, columns) in [
            (named, ["left", "right", "human"]),
            (named, ["2", "3", "5"]),
            ("1 a b 9 2.5\n", ["2", "3", "5"]),
            ("2.5\ta\tb\n", ["2", "3", "1"]),
        ] {
            let Ok(EvaluationSet::Pairs(read)) = choose(text, columns) else { panic!("{text}") };
            assert_eq!(read.pairs().collect::<Vec<_>>(), [("a", "b", 2.5)], "{text}");
        }
        let refused = choose(named, ["left", "rihgt", "human"]).unwrap_err().to_string();
        assert!(refused.contains("no column `rihgt`") && refused.contains("id, left, right"), "{refused}");
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
