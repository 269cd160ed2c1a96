//! Penn Treebank, as the chapter downloads it: news text with rare words replaced by `<unk>` and numbers by `N`.
//!
//! | name | file | tokens with `<eos>` |
//! |---|---|---|
//! | `ptb`, `ptb:train` | `ptb.train.txt` | 929,589 (10,000 distinct words) |
//! | `ptb:valid` | `ptb.valid.txt` | 73,760 |
//! | `ptb:test` | `ptb.test.txt` | 82,430 |
//!
//! Mikolov's preparation of the corpus (2010).

use super::data_file::DataFile;
use super::error::DatasetError;
use super::locate::Locator;
use crate::corpus::options::CorpusOptions;
use crate::corpus::text::Corpus;
use crate::error::Result;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// One of the three parts of the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// The training text.
    Train,
    /// The text to choose settings with.
    Valid,
    /// The text to report results on.
    Test,
}

impl Split {
    /// All of them.
    pub const ALL: [Split; 3] = [Split::Train, Split::Valid, Split::Test];

    /// The file this part is in.
    pub fn file(self) -> DataFile {
        match self {
            Split::Train => DataFile {
                name: "ptb.train.txt",
                bytes: 5_101_618,
                sha256: "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf",
            },
            Split::Valid => DataFile {
                name: "ptb.valid.txt",
                bytes: 399_782,
                sha256: "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2",
            },
            Split::Test => DataFile {
                name: "ptb.test.txt",
                bytes: 449_945,
                sha256: "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0",
            },
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Split::Train => "ptb",
            Split::Valid => "ptb:valid",
            Split::Test => "ptb:test",
        })
    }
}

impl FromStr for Split {
    type Err = DatasetError;

    fn from_str(name: &str) -> Result<Self, DatasetError> {
        match name {
            "ptb" | "ptb:train" => Ok(Split::Train),
            "ptb:valid" => Ok(Split::Valid),
            "ptb:test" => Ok(Split::Test),
            _ => Err(DatasetError::UnknownName {
                name: name.into(),
                known: "ptb (or ptb:train), ptb:valid and ptb:test",
            }),
        }
    }
}

/// Whether `name` means a part of this data set, whether it exists or not: `ptb`, `ptb:...`.
pub fn is_name(name: &str) -> bool {
    name == "ptb" || name.starts_with("ptb:")
}

/// Reads a part.
///
/// # Errors
/// A file is missing, is not the right one, or could not be downloaded; as [`Corpus::read`].
pub fn read(split: Split, locator: &Locator, options: &CorpusOptions) -> Result<Corpus> {
    Corpus::from_reader(&split.to_string(), &*locator.read(&split.file())?, options)
}

/// Reads a part with the ids of the *whole* training text, as the chapter has them, unless the options have a vocabulary.
/// (For `valid` and `test` the training text is read too.) The counts are those of the part, and `max_tokens` limits the part.
///
/// # Errors
/// As [`read`].
pub fn read_as_chapter(split: Split, locator: &Locator, options: &CorpusOptions) -> Result<Corpus> {
    if split == Split::Train || options.vocabulary.is_some() {
        return read(split, locator, options);
    }
    let train = read(Split::Train, locator, &CorpusOptions::textbook())?;
    read(split, locator, &options.clone().vocabulary(Arc::clone(train.vocabulary())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::EOS;
    use std::path::PathBuf;

    /// Penn Treebank is not ours to ship: it is expected next to the project or in `RAPIDVEC_SHARED`, or the tests are skipped.
    fn shared() -> Option<Locator> {
        let sibling = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
        let folder = std::env::var_os("RAPIDVEC_SHARED").map_or_else(sibling, PathBuf::from).join("corpora");
        if !folder.is_dir() {
            eprintln!("SKIPPED: no {}; RAPIDVEC_SHARED names the folder with corpora/ptb.*.txt", folder.display());
            return None;
        }
        Some(Locator { data_dir: Some(folder), shared_dir: None, cache_dir: None, offline: true, ..Locator::default() })
    }

    fn load(split: Split, locator: &Locator) -> Corpus {
        read_as_chapter(split, locator, &CorpusOptions::textbook()).unwrap()
    }

    fn words(corpus: &Corpus) -> Vec<&str> {
        corpus.ids().iter().map(|id| corpus.vocabulary().word(id)).collect()
    }

    #[test]
    fn train_is_the_chapters_corpus() {
        let Some(locator) = shared() else { return };
        let corpus = load(Split::Train, &locator);
        assert_eq!((corpus.ids().len(), corpus.vocabulary().len()), (929_589, 10_000));
        assert_eq!(corpus.name(), "ptb");
        // The chapter's own program (section 2.4.5 of the book) prints these ids for these words.
        let ids = ["aer", "car", "happy", "lexus"].map(|word| corpus.vocabulary().id(word).unwrap());
        assert_eq!(ids, [0, 3856, 4428, 7426]);
        assert_eq!(words(&corpus)[21..26], ["ssangyong", "swapo", "wachter", EOS, "pierre"]);
        assert_eq!(corpus.vocabulary().counts().iter().sum::<u64>(), 929_589);
        let report = corpus.report();
        assert_eq!((report.lines, report.empty_lines, report.literal_eos), (42_068, 0, 0));
    }

    #[test]
    fn train_equals_the_chapters_way_to_split() {
        let Some(locator) = shared() else { return };
        let text = String::from_utf8(locator.read(&Split::Train.file()).unwrap()).unwrap();
        let corpus = load(Split::Train, &locator);
        let replaced = text.replace('\n', EOS);
        let expected = replaced.split_whitespace(); // the chapter's strip() changes nothing before a split()
        assert!(words(&corpus).into_iter().eq(expected));
    }

    #[test]
    fn valid_and_test_use_the_ids_of_train_and_their_own_counts() {
        let Some(locator) = shared() else { return };
        let train = load(Split::Train, &locator);
        for (split, tokens) in [(Split::Valid, 73_760), (Split::Test, 82_430)] {
            let corpus = load(split, &locator);
            assert_eq!((corpus.ids().len(), corpus.report().unknown_words), (tokens, 0));
            assert!(corpus.vocabulary().words().eq(train.vocabulary().words()));
            assert_eq!(corpus.counts().iter().sum::<u64>(), tokens as u64);
            assert_eq!(corpus.name(), split.to_string());
        }
    }

    #[test]
    fn the_readers_truncated_corpus_can_be_had_on_purpose() {
        let Some(locator) = shared() else { return };
        let options = CorpusOptions::textbook().max_tokens(561_960);
        let corpus = read_as_chapter(Split::Train, &locator, &options).unwrap();
        assert_eq!(corpus.ids().len(), 561_960);
        assert!(corpus.report().stopped_at_limit);
        let options = CorpusOptions::textbook().vocabulary(Arc::clone(corpus.vocabulary()));
        let valid = read_as_chapter(Split::Valid, &locator, &options).unwrap();
        assert_eq!(valid.ids().len() as u64 + valid.report().unknown_words, 73_760);
        assert!(valid.report().unknown_words > 0, "the truncated text lacks words of the held-out one");
    }

    #[test]
    fn a_corpus_cut_short_is_refused() {
        let Some(locator) = shared() else { return };
        let folder = tempfile::tempdir().unwrap();
        let file = Split::Train.file();
        let bytes = locator.read(&file).unwrap();
        std::fs::write(folder.path().join(file.name), &bytes[..3_000_000]).unwrap();
        let cut = Locator { data_dir: Some(folder.path().into()), ..locator };
        let error = read(Split::Train, &cut, &CorpusOptions::textbook()).unwrap_err().to_string();
        assert!(error.contains("expected length in bytes 5101618, got 3000000"), "{error}");
    }

    #[test]
    fn names_are_parsed_and_printed() {
        for split in Split::ALL {
            assert_eq!(split.to_string().parse::<Split>().unwrap(), split);
        }
        assert_eq!("ptb:train".parse::<Split>().unwrap(), Split::Train);
        assert!(is_name("ptb:tset") && !is_name("ptb.txt"));
        let error = "ptb:tset".parse::<Split>().unwrap_err().to_string();
        assert!(error.contains("ptb:tset") && error.contains("ptb:valid"), "{error}");
    }
}
