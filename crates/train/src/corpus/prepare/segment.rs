//! Words by the rules of Unicode: UAX 29, with dictionaries and small models where words have no space between them.

pub(super) use imp::{IS_HERE, Segmenter};

#[cfg(feature = "unicode")]
mod imp {
    use crate::corpus::report::CorpusReport;
    use icu_segmenter::options::WordBreakInvariantOptions;
    use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

    /// Whether this build has the tokenizer.
    pub(in super::super) const IS_HERE: bool = true;

    /// The rules and dictionaries, which are compiled in.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Segmenter(WordSegmenterBorrowed<'static>);

    impl Segmenter {
        pub fn new() -> Self {
            Self(WordSegmenter::new_auto(WordBreakInvariantOptions::default()))
        }

        /// Writes the words of `text` to `out`, each followed by a space, and its line ends. Drops and counts what is
        /// neither word nor white space.
        pub fn words(&self, text: &str, out: &mut String, report: &mut CorpusReport) -> bool {
            let mut start = 0;
            for (end, kind) in self.0.segment_str(text).iter_with_word_type() {
                let segment = &text[start..end];
                start = end;
                if kind.is_word_like() {
                    out.push_str(segment);
                    out.push(' ');
                } else if segment.ends_with(['\n', '\r']) {
                    out.push_str(segment);
                } else if !segment.chars().all(char::is_whitespace) {
                    report.non_words += 1;
                }
            }
            true
        }
    }
}

#[cfg(not(feature = "unicode"))]
mod imp {
    use crate::corpus::report::CorpusReport;

    /// Whether this build has the tokenizer.
    pub(in super::super) const IS_HERE: bool = false;

    /// Never built: [`Preparation::validate`](super::super::Preparation) rejects the tokenizer first.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Segmenter;

    impl Segmenter {
        pub fn new() -> Self {
            Self
        }

        /// Does not change the text.
        pub fn words(self, _: &str, _: &mut String, _: &mut CorpusReport) -> bool {
            false
        }
    }
}
