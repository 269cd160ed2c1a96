//! Why a file of word vectors was refused.

/// Why a file of word vectors was refused, or could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The first bytes belong to no format that is known.
    #[error("expected word vectors (a quickvec .safetensors model or the chapter's pickle), got {got}")]
    Unrecognised {
        /// What the bytes look like.
        got: &'static str,
    },
    /// The header gives itself an absurd length.
    #[error(
        "the header claims {got} bytes, expected at most {expected}: this is no safetensors file, or a damaged one"
    )]
    HeaderTooLarge {
        /// The most a header may take.
        expected: u64,
        /// What it claims.
        got: u64,
    },
    /// The header is no JSON, or contradicts itself.
    #[error("the header is damaged: {source}; restore the file from its source")]
    Header {
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The file was cut short, or something was appended.
    #[error(
        "the file is {}: expected {expected} bytes, got {got}; restore it from its source",
        if got < expected { "cut short" } else { "too long" }
    )]
    Length {
        /// Bytes that the header describes, itself included.
        expected: u64,
        /// Bytes in the file.
        got: u64,
    },
    /// A safetensors file of another program.
    #[error("the file's metadata has no `{key}`: it is a safetensors file, but no quickvec model")]
    NotAModel {
        /// The metadata that every model has.
        key: &'static str,
    },
    /// A model of a format to come.
    #[error("the model has format version `{got}`, expected `{expected}`; a newer quickvec may read it")]
    Version {
        /// The version that this program reads.
        expected: &'static str,
        /// The version of the file.
        got: String,
    },
    /// A tensor that a model needs is not there.
    #[error("the file has no tensor `{tensor}`: it is not complete")]
    MissingTensor {
        /// Its name.
        tensor: String,
    },
    /// A tensor holds another kind of numbers.
    #[error("tensor `{tensor}`: expected numbers of type {expected}, got {got}")]
    TensorType {
        /// Its name.
        tensor: String,
        /// The types that would do.
        expected: &'static str,
        /// The type it has.
        got: String,
    },
    /// A tensor has another shape than the others call for.
    #[error("tensor `{tensor}`: expected the shape {expected}, got {got:?}")]
    TensorShape {
        /// Its name.
        tensor: String,
        /// The shape that would do.
        expected: String,
        /// The shape it has.
        got: Vec<usize>,
    },
    /// A vocabulary with another number of words than there are rows, or rows of the wrong size.
    #[error("`{tensor}`: expected {expected} numbers (words times vector size), got {got}")]
    Size {
        /// Which numbers.
        tensor: &'static str,
        /// Words times numbers per word.
        expected: usize,
        /// Numbers there are.
        got: usize,
    },
    /// No words, or vectors without numbers.
    #[error("expected at least one word and one number per word, got {words} words of {vector_size} numbers")]
    Empty {
        /// Words there are.
        words: usize,
        /// Numbers per word.
        vector_size: usize,
    },
    /// More words than ids.
    #[error("expected at most {expected} words, got {got}")]
    TooManyWords {
        /// The most that ids can tell apart.
        expected: usize,
        /// Words in the file.
        got: usize,
    },
    /// The places where words end make no sense.
    #[error("`vocab.ends`: word {row} ends at byte {got}, expected a character's end from {from} to {to}")]
    WordEnd {
        /// The word's id.
        row: usize,
        /// Where the word before it ends.
        from: u64,
        /// Bytes of text.
        to: u64,
        /// The end that was given.
        got: u64,
    },
    /// Words are no text.
    #[error("`vocab.text` is not UTF-8: byte {offset} is wrong")]
    NotUtf8 {
        /// The first byte that is wrong.
        offset: usize,
    },
    /// Two rows have the same word.
    #[error("the word `{word}` stands in row {row} and in a row before it")]
    DuplicateWord {
        /// The word.
        word: String,
        /// The second row that has it.
        row: usize,
    },
    /// Nothing tells whether a tensor is what was written.
    #[error("the metadata has no checksum for `{tensor}`: another program rewrote the file")]
    MissingChecksum {
        /// The tensor, or `header`.
        tensor: String,
    },
    /// Bytes are not those that were written.
    #[error("`{tensor}` was altered: expected checksum {expected}, got {got}; restore the file from its source")]
    Checksum {
        /// The tensor, or `header`.
        tensor: String,
        /// The checksum that the file records.
        expected: String,
        /// The checksum of what is there.
        got: String,
    },
    /// A vector with NaN or infinity in it.
    #[error(
        "the vector of `{word}` (row {row}) holds {got}: expected finite numbers; the training that made it diverged"
    )]
    NotFinite {
        /// The word.
        word: String,
        /// Its id.
        row: usize,
        /// The number.
        got: f32,
    },
    /// The vectors cannot be read any more.
    #[error("{message}")]
    Unreadable {
        /// What the system said.
        message: String,
    },
    /// A number that half precision cannot hold.
    #[error(
        "the vector of `{word}` holds {got}, but half precision ends at 65504; store the model in single precision"
    )]
    HalfOverflow {
        /// The word.
        word: String,
        /// The number.
        got: f32,
    },
    /// A name that the format keeps for itself, or that is there twice.
    #[error("`{name}` cannot be stored under that name: expected {expected}")]
    Name {
        /// The tensor or key of metadata.
        name: String,
        /// Which names can be given.
        expected: &'static str,
    },
}
