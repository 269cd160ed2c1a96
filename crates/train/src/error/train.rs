//! Why training cannot start or go on.

/// Why training cannot start or go on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// Negatives are drawn without repeats and never hit the target, so that many other words must exist.
    #[error(
        "drawing {negatives} different negatives beside the target needs a vocabulary of at least {} words, got {vocabulary}; \
         use {}a larger corpus",
        negatives + 1,
        fewer_negatives(*vocabulary)
    )]
    VocabularyTooSmall {
        /// Words that can be drawn (count above zero).
        vocabulary: usize,
        /// Negatives wanted for each target.
        negatives: usize,
    },
    /// The inner nodes of hierarchical softmax's tree are numbered in 31 bits.
    #[error(
        "hierarchical softmax takes at most {most} different words, got {got}; use a larger --min-count or --negatives"
    )]
    TooManyWords {
        /// Most words of a tree.
        most: usize,
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
    /// The loss stopped being a number.
    #[error(
        "the loss is {loss} at epoch {epoch}, iteration {iteration}: training diverged; \
         try a smaller --learning-rate or --max-grad 5"
    )]
    Diverged {
        /// Epoch, from 1.
        epoch: usize,
        /// Iteration in the epoch, from 1.
        iteration: usize,
        /// The loss that was seen.
        loss: f64,
    },
    /// The engine's loss stopped being a number.
    #[error(
        "the loss is {loss} in epoch {epoch}, step {step}, within {words} words: training diverged; try a smaller --learning-rate"
    )]
    LossNotFinite {
        /// Epoch, from 1.
        epoch: usize,
        /// Step: blocks of the corpus before this one, over all epochs.
        step: u64,
        /// Words and sentence ends that the epoch had gone through before the block.
        words: u64,
        /// The loss that was seen.
        loss: f64,
    },
    /// A stream of ids has one that no word has.
    #[error(
        "id {got} at place {at} of the corpus belongs to no word: expected ids below {words}, or the mark of a sentence's end"
    )]
    UnknownId {
        /// Where it is.
        at: usize,
        /// How many words there are.
        words: usize,
        /// The id.
        got: u32,
    },
    /// Vectors to start from are of another size.
    #[error("{name} has vectors of {got} numbers, but {expected} are to be trained; give --vector-size {got}")]
    VectorSize {
        /// The file.
        name: String,
        /// Numbers per word that are to be trained.
        expected: usize,
        /// Numbers per word in the file.
        got: usize,
    },
    /// The matrices cannot fit.
    #[error(
        "training needs about {needed} MB of memory, but {available} MB are available; use a smaller --vector-size, fewer --threads or less text"
    )]
    OutOfMemory {
        /// Megabytes that training needs.
        needed: u64,
        /// Megabytes there are.
        available: u64,
    },
    /// A checkpoint does not belong to this corpus or these settings.
    #[error("the checkpoint was made with {what} {expected}, got {got}")]
    Mismatch {
        /// What differs.
        what: &'static str,
        /// What the checkpoint says.
        expected: String,
        /// What was given now.
        got: String,
    },
    /// A finished model, from which training cannot go on.
    #[error(
        "the model has no trainer's state to go on from: expected a checkpoint, or a model trained with --keep-state; \
         train anew, with another --output"
    )]
    NoState,
    /// What a checkpoint tells of itself makes no sense.
    #[error("the checkpoint's `{key}` is damaged: {reason}; go on from another checkpoint, or train anew")]
    Damaged {
        /// The metadata or the tensor in question.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A thread of the trainer panicked; the others were stopped.
    #[error("a training thread failed: {0}")]
    Worker(String),
}

/// What to do about too few words, beside taking more. Against a single word nothing can be drawn.
fn fewer_negatives(vocabulary: usize) -> String {
    if vocabulary < 2 { String::new() } else { format!("--negatives {} or ", vocabulary - 1) }
}

impl TrainError {
    /// What a thread's panic said.
    pub fn of_panic(panic: &(dyn std::any::Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Self::Worker(text.unwrap_or_else(|| "it gave no reason".to_owned()))
    }
}
