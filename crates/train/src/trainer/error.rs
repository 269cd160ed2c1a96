//! Why training cannot start, resume or continue.

/// Why training cannot start, resume or continue.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// Negatives are distinct and never the target, so as many other words must exist.
    #[error(
        "drawing {negatives} distinct negatives for a target needs a vocabulary of at least {} words, got {vocabulary}. \
         Use {}a larger corpus",
        negatives + 1,
        fewer_negatives(*vocabulary)
    )]
    VocabularyTooSmall {
        /// Words that can be drawn (count above zero).
        vocabulary: usize,
        /// Negatives for each target.
        negatives: usize,
    },
    /// The inner nodes of hierarchical softmax's tree are numbered in 31 bits.
    #[error(
        "hierarchical softmax is limited to {max} distinct words, got {got}. Raise the minimum count, or use negative sampling"
    )]
    TooManyWords {
        /// The maximum number of words of a tree.
        max: usize,
        /// Words in the vocabulary.
        got: usize,
    },
    /// A target needs `window` words on each side.
    #[error("the corpus has {tokens} tokens, but a window of {window} needs at least {}", 2 * window + 1)]
    CorpusTooShort {
        /// Tokens in the corpus.
        tokens: usize,
        /// Words on each side.
        window: usize,
    },
    /// The loss is not finite.
    #[error("training diverged: the loss is {loss} in epoch {epoch}, block {block}. Use a smaller learning rate")]
    Diverged {
        /// Epoch, from 1.
        epoch: usize,
        /// Block of the epoch, from 1. A block of the textbook trainer is an iteration.
        block: u64,
        /// The loss.
        loss: f64,
    },
    /// The corpus contains an id that no word has.
    #[error("the corpus contains id {got} at position {at}, but the vocabulary ends at id {}", words - 1)]
    UnknownId {
        /// Position in the corpus.
        at: usize,
        /// Words in the vocabulary.
        words: usize,
        /// The id.
        got: u32,
    },
    /// N-grams are found in the words themselves.
    #[error("subwords need the word of each of the {expected} ids, but the corpus has a vocabulary of {got} words")]
    WordsMissing {
        /// Words with counts.
        expected: usize,
        /// Words in the vocabulary of the corpus.
        got: usize,
    },
    /// No line has two words within a window.
    #[error(
        "no pair of words was trained: after dropping rare words and subsampling no line had two words left. \
         Use more text, less subsampling (0 turns it off), a lower minimum count, or text with more than one word per line"
    )]
    NothingTrained,
    /// Vectors to start from have another size.
    #[error("{name} has vectors of size {got}, but the vector size of this run is {expected}")]
    VectorSize {
        /// The file.
        name: String,
        /// Numbers per vector of this run.
        expected: usize,
        /// Numbers per vector in the file.
        got: usize,
    },
    /// A model whose space a run is to have lacks what defines it.
    #[error("{name} has no output vectors of words, so it cannot be a compass")]
    NoCompass {
        /// The file.
        name: String,
    },
    /// No word of a run is in the model whose space it is to have.
    #[error("none of the {words} words is in {name}, so it cannot be their compass")]
    NothingShared {
        /// The file.
        name: String,
        /// Words of this run.
        words: usize,
    },
    /// A matrix to start from has another size.
    #[error("the {matrix} must be {} x {}, got {} x {}", expected.0, expected.1, got.0, got.1)]
    Shape {
        /// Which one.
        matrix: &'static str,
        /// Rows and columns of this run; 0 and 0 where it has no such matrix.
        expected: (usize, usize),
        /// Rows and columns given; 0 and 0 where none was.
        got: (usize, usize),
    },
    /// The matrices do not fit in memory.
    #[error(
        "training needs about {needed} MB of memory, but {available} MB are available. \
         Use a smaller vector size, fewer threads or less text"
    )]
    OutOfMemory {
        /// Megabytes that training needs.
        needed: u64,
        /// Megabytes available.
        available: u64,
    },
    /// A checkpoint does not belong to this corpus or these settings.
    #[error("the checkpoint was made with {what} {expected}, got {got}")]
    Mismatch {
        /// What differs.
        what: &'static str,
        /// What the checkpoint has.
        expected: String,
        /// What was given.
        got: String,
    },
    /// A model without training state.
    #[error("this file has no training state, so training cannot resume from it")]
    NoState,
    /// Part of a checkpoint is invalid.
    #[error("the checkpoint's `{key}` is damaged: {reason}. Resume from another checkpoint, or train from the start")]
    Damaged {
        /// The metadata field or the tensor.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A trainer lacks a feature.
    #[error("the {trainer} trainer does not support {what}")]
    Unsupported {
        /// The trainer.
        trainer: &'static str,
        /// The feature.
        what: &'static str,
    },
    /// A thread of the trainer panicked; the others were stopped.
    #[error("a training thread failed: {0}")]
    Worker(String),
}

/// What helps against too few words, other than a larger corpus. With a single word nothing can be drawn.
fn fewer_negatives(vocabulary: usize) -> String {
    match vocabulary {
        0 | 1 => String::new(),
        2 => "1 negative or ".to_owned(),
        _ => format!("{} negatives or ", vocabulary - 1),
    }
}

impl TrainError {
    /// The message of a thread's panic.
    pub fn of_panic(panic: &(dyn std::any::Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Self::Worker(text.unwrap_or_else(|| "it gave no reason".to_owned()))
    }
}
