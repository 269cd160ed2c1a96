//! See [`PickleError`].

/// Why a Python pickle was rejected.
///
/// `position` is the number of bytes before the instruction at fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PickleError {
    /// The vectors do not fit in memory.
    #[error("the vectors do not fit in memory: {0}")]
    OutOfMemory(#[from] rapidvec_core::memory::OutOfMemory),
    /// The pickle names a Python function or class that a file of vectors does not need.
    #[error(
        "refusing to run {name}: a file of vectors needs only NumPy arrays and dictionaries; do not open this file in \
         Python unless you trust its author"
    )]
    ForbiddenGlobal {
        /// Module and name, cut to 100 characters and escaped.
        name: String,
    },
    /// A pickle instruction that no file of vectors uses.
    #[error("byte {position}: refusing instruction {opcode}: no file of vectors written by Python 3 uses it")]
    Unsupported {
        /// Where it is.
        position: usize,
        /// Its name in Python's `pickletools`.
        opcode: &'static str,
    },
    /// A byte that is not an instruction in any protocol.
    #[error("byte {position}: {opcode:#04x} is not a pickle instruction; the file is damaged, or not a pickle")]
    UnknownOpcode {
        /// Where it is.
        position: usize,
        /// The byte.
        opcode: u8,
    },
    /// An unknown protocol.
    #[error("unknown pickle protocol {got} (0 to 5 can be read); save it again with pickle.dump(..., protocol=4)")]
    Protocol {
        /// The number in the file.
        got: u8,
    },
    /// The file ends too early.
    #[error("byte {position}: expected {expected} more bytes, got {got}; the file is cut short or damaged")]
    Truncated {
        /// Where the bytes should begin.
        position: usize,
        /// How many the file declares.
        expected: u64,
        /// How many there are.
        got: usize,
    },
    /// Bytes after the end of the pickle.
    #[error("{got} bytes after the end of the pickle at byte {position}, expected none")]
    TrailingBytes {
        /// Where the pickle ends.
        position: usize,
        /// How many bytes follow.
        got: usize,
    },
    /// The instructions do not fit together.
    #[error("byte {position}: {problem}; the file is damaged")]
    Malformed {
        /// Where.
        position: usize,
        /// What does not fit.
        problem: &'static str,
    },
    /// Values are nested deeper, or more of them are unfinished, than in any file of vectors.
    #[error("byte {position}: {what} exceed the limit of {limit}; not a file of vectors")]
    TooDeep {
        /// Where.
        position: usize,
        /// What exceeds its limit.
        what: &'static str,
        /// The most that is allowed.
        limit: usize,
    },
    /// A container would contain itself.
    #[error("byte {position}: a value would contain itself; not a file of vectors")]
    SelfReference {
        /// Where.
        position: usize,
    },
    /// A value is stored in the memo, or fetched from it, at an index that does not exist.
    #[error("byte {position}: memo index {index} is out of range: it holds {entries} values")]
    Memo {
        /// Where.
        position: usize,
        /// The number in the file.
        index: u64,
        /// How many values the memo holds.
        entries: usize,
    },
    /// The values take more memory than those of any file of vectors of this length.
    #[error("the values take more than {limit} bytes of memory, more than a file of vectors of this length needs")]
    Memory {
        /// The most bytes that are allowed.
        limit: usize,
    },
    /// A dictionary key of the file is missing.
    #[error("expected the keys word_vecs, word_to_id and id_to_word; {key} is missing")]
    MissingKey {
        /// The missing key.
        key: &'static str,
    },
    /// A duplicate dictionary key.
    #[error("expected the key {key} once, got it twice")]
    DuplicateKey {
        /// The key.
        key: &'static str,
    },
    /// A value that holds no words with vectors.
    #[error(
        "expected words with vectors: a dictionary of words and arrays, a pair of a list of words and a matrix, or a model; got {got}"
    )]
    NoVectors {
        /// What it is.
        got: &'static str,
    },
    /// A vector of another length than the one before it.
    #[error("the vector of {word:?}: expected {expected} numbers, got {got}")]
    VectorLength {
        /// The word, cut to 100 characters.
        word: String,
        /// Numbers in the first vector.
        expected: usize,
        /// Numbers in this one.
        got: usize,
    },
    /// A value of the wrong kind.
    #[error("{what}: expected {expected}, got {got}")]
    Kind {
        /// What is wrong.
        what: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        got: &'static str,
    },
    /// The array does not hold floating point numbers of 2, 4 or 8 bytes.
    #[error("cannot read an array of {got}: expected float16, float32 or float64; convert it with .astype('f4')")]
    Dtype {
        /// NumPy's name for the type, cut to 100 characters and escaped.
        got: String,
    },
    /// The array is not a table of at least one number.
    #[error("the array of vectors: expected rows and columns, at least one of each, got shape {got}")]
    Shape {
        /// The shape in the file.
        got: String,
    },
    /// The array's numbers do not fill its shape.
    #[error("the array of vectors: {rows} x {vector_size} numbers of {width} bytes expected, got {got} bytes")]
    ArrayLength {
        /// Rows of the array: words.
        rows: usize,
        /// Columns of the array: numbers per word.
        vector_size: usize,
        /// Bytes per number.
        width: usize,
        /// Bytes there are.
        got: usize,
    },
    /// There are more or fewer words than vectors.
    #[error("{dictionary}: expected {expected} words, one for each vector, got {got}")]
    WordCount {
        /// `word_to_id` or `id_to_word`.
        dictionary: &'static str,
        /// How many vectors there are.
        expected: usize,
        /// How many words there are.
        got: usize,
    },
    /// An id has no vector.
    #[error("{dictionary}: id {got} is out of range: expected 0 to {}", words.saturating_sub(1))]
    IdOutOfRange {
        /// `word_to_id` or `id_to_word`.
        dictionary: &'static str,
        /// The id in the file.
        got: i32,
        /// How many words there are.
        words: usize,
    },
    /// Two words share an id.
    #[error("{dictionary}: expected each id once, got id {id} twice")]
    DuplicateId {
        /// `word_to_id` or `id_to_word`.
        dictionary: &'static str,
        /// The id.
        id: usize,
    },
    /// Two ids share a word.
    #[error("id_to_word: expected each word once, got {word:?} as word {first} and word {second}")]
    DuplicateWord {
        /// The word.
        word: String,
        /// Its id.
        first: usize,
        /// Its other id.
        second: usize,
    },
    /// The two dictionaries contradict each other.
    #[error("id {id}: expected {expected:?} as in id_to_word, got {got:?} in word_to_id")]
    NotInverse {
        /// The id.
        id: usize,
        /// The word in `id_to_word`, cut to 100 characters.
        expected: String,
        /// The word in `word_to_id`, cut to 100 characters.
        got: String,
    },
    /// A number is infinite, not a number, or too large for the precision asked for.
    #[error("vector {row}, number {column} is {got}: expected a finite number of at most {limit:e}")]
    Number {
        /// The word's id.
        row: usize,
        /// Which number of its vector, from 0.
        column: usize,
        /// The number.
        got: f64,
        /// The largest number that fits.
        limit: f64,
    },
}
