//! Why a file of word vectors was refused.

/// Why a file of word vectors was refused, or could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The first bytes belong to no format that is known.
    #[error(
        "expected word vectors (a rapidvec model, word2vec text or binary, GloVe, fastText .vec or .bin, npz, the chapter's \
         pickle; any of them packed too), got {got}"
    )]
    Unrecognised {
        /// What the bytes look like.
        got: &'static str,
    },
    /// A pickle of gensim's classes: to open it is to run gensim.
    #[error(
        "this is a file of gensim's own, which only gensim can load; in Python: \
         KeyedVectors.load('FILE').save_word2vec_format('FILE.bin', binary=True), and of a whole model \
         Word2Vec.load('FILE').wv.save_word2vec_format('FILE.bin', binary=True)"
    )]
    Gensim,
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
    #[error("the file's metadata has no `{key}`: it is a safetensors file, but no rapidvec model")]
    NotAModel {
        /// The metadata that every model has.
        key: &'static str,
    },
    /// A model of a format to come.
    #[error("the model has format version `{got}`, expected `{expected}`; a newer rapidvec may read it")]
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
    /// A file that word2vec would have begun with `V D`.
    #[error("expected word2vec's first line, the number of words and the vector size, but {got}")]
    NoHeader {
        /// What was found.
        got: &'static str,
    },
    /// The first line has a number that no file can have.
    #[error("the first line promises `{got}` as {what}, expected a whole number above 0: this is no word2vec file")]
    HeaderNumber {
        /// Which of the two numbers.
        what: &'static str,
        /// As it stands there.
        got: String,
    },
    /// The first line promises more numbers than any file can hold.
    #[error("the first line promises {words} vectors of {vector_size} numbers, more than any file holds")]
    Overflow {
        /// Words that it promises.
        words: usize,
        /// Numbers per word that it promises.
        vector_size: usize,
    },
    /// Fewer rows than the first line promises.
    #[error(
        "the file is cut short: expected {expected} vectors of {vector_size} numbers, got {got}; restore it from its source{}",
        if *got > 0 { format!("; --limit {got} takes what is there, where it is opened") } else { String::new() }
    )]
    TruncatedRows {
        /// Rows that the first line promises.
        expected: usize,
        /// Numbers per row.
        vector_size: usize,
        /// Whole rows there are.
        got: usize,
    },
    /// More rows than the first line promises.
    #[error(
        "the first line promises {expected} vectors, but more follow in line {line}; take the promised ones with \
         --limit {expected}"
    )]
    MoreRows {
        /// Rows that the first line promises.
        expected: usize,
        /// The first line too many.
        line: usize,
    },
    /// Bytes after the last row of a binary file.
    #[error(
        "the first line promises {expected} vectors, but {got} bytes follow them: a word with a space in it, a vector \
         size that is not the file's, or more vectors; --limit {expected} takes the promised ones"
    )]
    MoreBytes {
        /// Rows that the first line promises.
        expected: usize,
        /// Bytes after them.
        got: usize,
    },
    /// A line with too few or too many numbers.
    #[error(
        "line {line}: expected a word and {expected} numbers, got {got} numbers; if the file was cut short there, --limit N takes \
         the first N vectors"
    )]
    RowLength {
        /// The line, from 1.
        line: usize,
        /// The vector size.
        expected: usize,
        /// Numbers in the line.
        got: usize,
    },
    /// A line with something else among its numbers.
    #[error("line {line}: expected {expected} numbers at its end, got `{got}` among them")]
    RowNumber {
        /// The line, from 1.
        line: usize,
        /// The vector size.
        expected: usize,
        /// What is no number.
        got: String,
    },
    /// Lines of text that do not agree on a vector size.
    #[error("the first lines are not a word and as many numbers each: this is no text of word vectors")]
    NoVectorSize,
    /// A word of text or binary that is no UTF-8, or (binary) no word.
    #[error(
        "row {row}: the word `{word}` is no UTF-8; --invalid-words replace puts U+FFFD in place of what is wrong, \
         --invalid-words skip leaves such words out"
    )]
    InvalidWord {
        /// The word as far as it can be shown.
        word: String,
        /// Its row, from 0.
        row: usize,
    },
    /// A row of text or binary with NaN or infinity in it.
    #[error(
        "the vector of `{word}` (row {row}) holds {got}: expected finite numbers; --allow-nan leaves such words out, where it is opened"
    )]
    NotFiniteRow {
        /// The word as far as it can be shown.
        word: String,
        /// Its row, from 0.
        row: usize,
        /// The number.
        got: f32,
    },
    /// Rows of a binary file that do not stand where they should.
    #[error("row {row}: {got}; the file is damaged, or was not written as word2vec binary")]
    Misplaced {
        /// The row, from 0.
        row: usize,
        /// What is wrong there.
        got: &'static str,
    },
    /// A binary file from a machine or a program that stores bytes in another way.
    #[error(
        "{got}; expected word2vec binary with little-endian numbers; write the file anew, as text or on another machine"
    )]
    ByteOrder {
        /// How they seem to be stored.
        got: &'static str,
    },
    /// A format that is not the one that was asked for.
    #[error("expected {expected}, but this looks like {got}")]
    OtherFormat {
        /// What was asked for.
        expected: &'static str,
        /// What the bytes look like.
        got: &'static str,
    },
    /// A word that a format cannot hold.
    #[error(
        "the word `{word}` holds {what}, which {format} files cannot hold; write safetensors{} instead",
        if *format == "text" { "" } else { " or text" }
    )]
    Unwritable {
        /// The word, escaped.
        word: String,
        /// What in it cannot be written.
        what: &'static str,
        /// The format.
        format: &'static str,
    },
    /// A packed file that unpacks to far more than vectors do.
    #[error(
        "the {format} file of {got} bytes unpacks to more than {expected} times as much: no vectors are packed so small"
    )]
    TooSmallPacked {
        /// How it is packed.
        format: &'static str,
        /// The ratio that is allowed.
        expected: u64,
        /// Bytes of the packed file.
        got: u64,
    },
    /// A packed file that is unpacked with a wide window, to far more than such vectors are.
    #[error(
        "the {format} file of {got} bytes needs a window of more than {window} MB and unpacks to more than {expected} times \
         as much; unpack it yourself if it is no trap"
    )]
    WideAndSmall {
        /// How it is packed.
        format: &'static str,
        /// Megabytes that any file may need.
        window: u32,
        /// The ratio that is allowed beyond them.
        expected: u64,
        /// Bytes of the packed file.
        got: u64,
    },
    /// A packed file that does not fit memory.
    #[error(
        "the {format} file does not fit memory once unpacked: {needed} MB and more are needed, {available} MB can be had"
    )]
    UnpackedMemory {
        /// How it is packed.
        format: &'static str,
        /// Megabytes unpacked so far.
        needed: u64,
        /// Megabytes that can be had.
        available: u64,
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
    /// A field of a header holds what no such file has.
    #[error("{field}: expected {expected}, got {got}; the file is damaged or of another kind")]
    Field {
        /// Which.
        field: &'static str,
        /// What it can hold.
        expected: &'static str,
        /// What it holds.
        got: String,
    },
    /// The file ends before all that it promises.
    #[error(
        "{what}: expected {expected} bytes from byte {position} on, got {got}; the file was cut short or is damaged"
    )]
    Truncated {
        /// What was being read.
        what: &'static str,
        /// Where it begins.
        position: u64,
        /// Bytes it takes, at least.
        expected: u64,
        /// Bytes there are.
        got: u64,
    },
    /// Two parts of a file contradict each other.
    #[error("{field}: expected {expected} after what the file said before, got {got}; the file is damaged")]
    Disagreement {
        /// What is told twice.
        field: &'static str,
        /// What follows from the part before.
        expected: u64,
        /// What is there.
        got: i64,
    },
    /// A fastText model whose vectors are stored as codes.
    #[error(
        "the model is quantised (fastText's .ftz), so that only approximations of its vectors are left; expected the \
         .bin file that it was made from"
    )]
    Quantised,
    /// A zip archive (npz) that is damaged, or was not written by NumPy.
    #[error("the npz archive is damaged: {part}: {problem}; restore the file from its source")]
    Archive {
        /// The array, or the part of the archive.
        part: String,
        /// What is wrong with it.
        problem: String,
    },
    /// An array of Python objects.
    #[error(
        "array `{array}` holds Python objects, which are pickled and can run anything when they are loaded; save words \
         as text: np.savez(path, words=np.array(words, dtype=str), vectors=vectors)"
    )]
    PickledArray {
        /// Its name.
        array: String,
    },
    /// Several arrays could be meant.
    #[error("several arrays of the npz could be `{array}`; give one of them that name")]
    AmbiguousArray {
        /// The name that would tell.
        array: String,
    },
}
