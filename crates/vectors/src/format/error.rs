//! Why a file of word vectors was rejected.

use super::pickle::PickleError;
use crate::units::Units;
use rapidvec_core::memory::OutOfMemory;
use std::borrow::Cow;

/// Why a file of word vectors was rejected, or could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The first bytes belong to no known format.
    #[error(
        "expected word vectors (a rapidvec model, word2vec text or binary, GloVe, fastText .vec or .bin, npz, the chapter's \
         pickle; compressed or not), got {got}"
    )]
    Unrecognised {
        /// What the bytes look like.
        got: Cow<'static, str>,
    },
    /// Text with rows of numbers only.
    #[error("a matrix without words: it holds numbers only; a list of the words of its rows is needed")]
    NoWords,
    /// Text with a NUL byte in a word.
    #[error("line {line}: a NUL byte in the word; this is not a text file")]
    Nul {
        /// The line, from 1.
        line: usize,
    },
    /// A pickle of gensim that holds no words with vectors.
    #[error("an object of gensim's class {class}, which holds no word vectors")]
    NotVectors {
        /// Module and name of the class.
        class: String,
    },
    /// A model whose large arrays are in files of their own, one of which is missing.
    #[error(
        "the file {name} is missing: gensim saved a large array there; keep the files of a model in the same folder, under the names they were saved with"
    )]
    MissingFile {
        /// Its name.
        name: String,
    },
    /// An archive with several files that may hold vectors.
    #[error("the {kind} archive has several files: {names}; choose one of them")]
    ManyMembers {
        /// The kind of archive.
        kind: &'static str,
        /// Their names.
        names: String,
    },
    /// An archive without the file that was asked for.
    #[error("the {kind} archive has no file `{wanted}`: expected one of {names}")]
    NoMember {
        /// The kind of archive.
        kind: &'static str,
        /// The name.
        wanted: String,
        /// Names that it has.
        names: String,
    },
    /// A file in an archive was asked for, but the file is not an archive.
    #[error("expected a zip or tar archive, of which `{wanted}` is to be opened; got {got}")]
    NoArchive {
        /// The name of the file in it.
        wanted: String,
        /// What the file is.
        got: String,
    },
    /// A zip or tar archive that is damaged.
    #[error("the archive is damaged: {part}: {problem}; restore the file from its source")]
    DamagedArchive {
        /// The file in it, or a part of the archive.
        part: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A list of words that does not fit a matrix.
    #[error("{name}: expected {expected} words, one for each row of the matrix, got {got}")]
    WordsOfMatrix {
        /// The list.
        name: String,
        /// Rows of the matrix.
        expected: usize,
        /// Words in the list.
        got: usize,
    },
    /// A list of words for a file that has words.
    #[error("the file has its own words; expected a matrix without words")]
    HasWords,
    /// Words without counts, which a weight by frequency needs.
    #[error("word counts are unknown, so words cannot be weighted by frequency")]
    NoCounts,
    /// The model has no output vectors.
    #[error("the file has no output vectors (the vectors of words as contexts)")]
    NoOutput,
    /// Word vectors in another format, where a model of rapidvec is needed.
    #[error("expected a rapidvec model, got {got}, which has no training state and no settings")]
    NeedsModel {
        /// Its format.
        got: &'static str,
    },
    /// The header declares an impossible length.
    #[error("the header claims {got} bytes, expected at most {expected}: not a safetensors file, or a damaged one")]
    HeaderTooLarge {
        /// The maximum length of a header.
        expected: u64,
        /// The length it declares.
        got: u64,
    },
    /// The header is not JSON, or contradicts itself.
    #[error("the header is damaged: {problem}; restore the file from its source")]
    Header {
        /// The parser's message.
        problem: String,
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
    #[error("the metadata has no `{key}`: a safetensors file, but not a rapidvec model")]
    NotAModel {
        /// The metadata that every model has.
        key: &'static str,
    },
    /// A model of a newer format.
    #[error("the model has format version `{got}`, expected `{expected}`; a newer rapidvec may read it")]
    Version {
        /// The version that this program reads.
        expected: &'static str,
        /// The version of the file.
        got: String,
    },
    /// A tensor that a model needs is missing.
    #[error("tensor `{tensor}` is missing: the file is incomplete")]
    MissingTensor {
        /// Its name.
        tensor: String,
    },
    /// A tensor holds another kind of numbers.
    #[error("tensor `{tensor}`: expected numbers of type {expected}, got {got}")]
    TensorType {
        /// Its name.
        tensor: String,
        /// The types that are accepted.
        expected: &'static str,
        /// The type it has.
        got: String,
    },
    /// A tensor whose shape does not match the others.
    #[error("tensor `{tensor}`: expected the shape {expected}, got {got:?}")]
    TensorShape {
        /// Its name.
        tensor: String,
        /// The shape that is expected.
        expected: String,
        /// The shape it has.
        got: Vec<usize>,
    },
    /// The number of words does not match the rows, or rows have the wrong size.
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
    /// More words than there can be ids.
    #[error("expected at most {expected} words, got {got}")]
    TooManyWords {
        /// The most that ids can number.
        expected: usize,
        /// Words in the file.
        got: usize,
    },
    /// A word2vec file that lacks its first line `V D`.
    #[error("expected word2vec's first line, the number of words and the vector size, but {got}")]
    NoHeader {
        /// What was found.
        got: &'static str,
    },
    /// The first line has an impossible number.
    #[error("the first line gives `{got}` as {what}, expected a whole number above 0: not a word2vec file")]
    HeaderNumber {
        /// Which of the two numbers.
        what: &'static str,
        /// The number, as written.
        got: String,
    },
    /// The first line declares more numbers than any file can hold.
    #[error("the first line declares {words} vectors of {vector_size} numbers, more than any file holds")]
    Overflow {
        /// Words that it declares.
        words: usize,
        /// Numbers per word that it declares.
        vector_size: usize,
    },
    /// Fewer rows than the first line declares.
    #[error(
        "the file is cut short: expected {expected} vectors of {vector_size} numbers, got {got}; restore it from its source"
    )]
    TruncatedRows {
        /// Rows that the first line declares.
        expected: usize,
        /// Numbers per row.
        vector_size: usize,
        /// Whole rows there are.
        got: usize,
    },
    /// More rows than the first line declares.
    #[error("the first line declares {expected} vectors, but more follow from line {line}")]
    MoreRows {
        /// Rows that the first line declares.
        expected: usize,
        /// The first line too many.
        line: usize,
    },
    /// Bytes after the last row of a binary file.
    #[error(
        "the first line declares {expected} vectors, but {got} bytes follow them: a word with a space in it, a wrong \
         vector size, or more vectors"
    )]
    MoreBytes {
        /// Rows that the first line declares.
        expected: usize,
        /// Bytes after them.
        got: usize,
    },
    /// A line with too few or too many numbers.
    #[error(
        "line {line}: expected a word and {expected} numbers, got {got} numbers{}",
        if *last { "; it is the last line, so the file may be cut short there" } else { "" }
    )]
    RowLength {
        /// The line, from 1.
        line: usize,
        /// The vector size.
        expected: usize,
        /// Numbers in the line.
        got: usize,
        /// Vectors before it.
        row: usize,
        /// Whether nothing follows the line.
        last: bool,
    },
    /// A word with a carriage return in it: two rows whose line end is not a line feed.
    #[error(
        "line {line}: a word holds a carriage return; lines must end in a line feed, or in both (dos2unix or mac2unix mends that)"
    )]
    CarriageReturn {
        /// The line, from 1.
        line: usize,
    },
    /// A line with something else among its numbers.
    #[error("line {line}: expected {expected} numbers at its end, found `{got}` among them")]
    RowNumber {
        /// The line, from 1.
        line: usize,
        /// The vector size.
        expected: usize,
        /// What is not a number.
        got: String,
    },
    /// Lines of text that do not agree on a vector size.
    #[error("the first lines do not all have a word and the same number of numbers: not a text of word vectors")]
    NoVectorSize,
    /// A word that is not valid UTF-8.
    #[error("row {row}: the word `{word}` is not valid UTF-8")]
    InvalidWord {
        /// The word as far as it can be shown.
        word: String,
        /// Its row, from 0.
        row: usize,
    },
    /// A row of text or binary with NaN or infinity in it.
    #[error("the vector of `{word}` (row {row}) holds {got}: expected finite numbers")]
    NotFiniteRow {
        /// The word as far as it can be shown.
        word: String,
        /// Its row, from 0.
        row: usize,
        /// The number.
        got: f32,
    },
    /// Rows of a binary file that are not where they should be.
    #[error("row {row}: {got}; the file is damaged, or was not written as word2vec binary")]
    Misplaced {
        /// The row, from 0.
        row: usize,
        /// What is wrong there.
        got: &'static str,
    },
    /// A binary file from a machine or a program that stores bytes in another way.
    #[error(
        "{got}; expected word2vec binary with little-endian numbers; write the file again as text, or on another machine"
    )]
    ByteOrder {
        /// How they seem to be stored.
        got: &'static str,
    },
    /// Another format than the reader's.
    #[error("expected {expected}, but this looks like {got}")]
    OtherFormat {
        /// What the reader reads.
        expected: &'static str,
        /// What the bytes look like.
        got: &'static str,
    },
    /// A word that a format cannot hold.
    #[error(
        "the word `{word}` contains {what}, which {format} files cannot hold; write safetensors{} instead",
        if *format == "text" { "" } else { " or text" }
    )]
    Unwritable {
        /// The word, escaped.
        word: String,
        /// The part of it that cannot be written.
        what: &'static str,
        /// The format.
        format: &'static str,
    },
    /// N-grams of units that fastText does not have.
    #[error("fastText files hold n-grams of letters, not of {units}; write them without n-grams, or write safetensors")]
    Units {
        /// The units.
        units: Units,
    },
    /// A format that is read only.
    #[error("{format} files cannot be written")]
    NotWritable {
        /// Its name.
        format: &'static str,
    },
    /// A format that has no half precision.
    #[error("{format} files cannot hold numbers in half precision; safetensors, pickle and npz can")]
    NoHalf {
        /// Its name.
        format: &'static str,
    },
    /// A compressed file that expands far more than vectors do.
    #[error(
        "refusing to decompress the {format} file of {got} bytes beyond {expected}:1: vectors do not compress so well (possible decompression bomb)"
    )]
    TooSmallPacked {
        /// How it is compressed.
        format: &'static str,
        /// The ratio that is allowed.
        expected: u64,
        /// Bytes of the compressed file.
        got: u64,
    },
    /// A compressed file that needs a wide window and expands far more than vectors do.
    #[error(
        "refusing to decompress the {format} file of {got} bytes, which needs a window of more than {window} MB, beyond \
         {expected}:1 (possible decompression bomb); decompress it yourself if you trust it"
    )]
    WideAndSmall {
        /// How it is compressed.
        format: &'static str,
        /// Megabytes that any file may use.
        window: u32,
        /// The ratio that is allowed beyond them.
        expected: u64,
        /// Bytes of the compressed file.
        got: u64,
    },
    /// A compressed file that does not fit in memory.
    #[error(
        "the decompressed {format} file does not fit in memory: it needs {needed} MB or more, {available} MB are available"
    )]
    UnpackedMemory {
        /// How it is compressed.
        format: &'static str,
        /// Megabytes decompressed so far.
        needed: u64,
        /// Megabytes available.
        available: u64,
    },
    /// The vectors do not fit in memory.
    #[error("the vectors do not fit in memory: {0}")]
    Memory(#[from] OutOfMemory),
    /// The offsets where words end are inconsistent.
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
    /// The text of the words is not valid UTF-8.
    #[error("`vocab.text` is not valid UTF-8 at byte {offset}")]
    NotUtf8 {
        /// The first byte that is wrong.
        offset: usize,
    },
    /// Two rows have the same word.
    #[error("the word `{word}` in row {row} is a duplicate of an earlier row")]
    DuplicateWord {
        /// The word.
        word: String,
        /// The second row with the word.
        row: usize,
    },
    /// A tensor without a checksum.
    #[error("the metadata has no checksum for `{tensor}`; another program may have rewritten the file")]
    MissingChecksum {
        /// The tensor, or `header`.
        tensor: String,
    },
    /// Bytes that differ from what was written.
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
        "the vector of `{word}` (row {row}) holds {got}: expected finite numbers; the training run that produced it diverged"
    )]
    NotFinite {
        /// The word.
        word: String,
        /// Its id.
        row: usize,
        /// The number.
        got: f32,
    },
    /// The vectors can no longer be read.
    #[error("{message}")]
    Unreadable {
        /// The system's message.
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
    /// A name that the format reserves, or a duplicate.
    #[error("`{name}` cannot be used as a name: expected {expected}")]
    Name {
        /// The tensor or key of metadata.
        name: String,
        /// Which names are allowed.
        expected: &'static str,
    },
    /// A header field with an impossible value.
    #[error("{field}: expected {expected}, got {got}; the file is damaged, or of another format")]
    Field {
        /// The field.
        field: &'static str,
        /// The values that are allowed.
        expected: &'static str,
        /// The value in the file.
        got: String,
    },
    /// The file ends too early.
    #[error("{what}: expected {expected} bytes at offset {position}, got {got}; the file is cut short or damaged")]
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
    #[error("{field}: expected {expected} as declared earlier in the file, got {got}; the file is damaged")]
    Disagreement {
        /// What is stated twice.
        field: &'static str,
        /// The value that the earlier part implies.
        expected: u64,
        /// What is there.
        got: i64,
    },
    /// A file that a browser or another program is still downloading.
    #[error("an unfinished download: its name ends in `.{ending}`; finish the download first")]
    Unfinished {
        /// The end of its name.
        ending: &'static str,
    },
    /// No word has the label of a language.
    #[error("no word is labelled `{expected}...`, as ConceptNet's are; the first word is `{got}`")]
    NoLanguage {
        /// The label of the language.
        expected: String,
        /// The first word.
        got: String,
    },
    /// A quantised fastText model.
    #[error(
        "the model is quantised (fastText's .ftz) and holds only approximations of its vectors; use the .bin file that it \
         was made from"
    )]
    Quantised,
    /// A pickle that is rejected.
    #[error(transparent)]
    Pickle(#[from] PickleError),
    /// An npz archive that is damaged, or was not written by NumPy.
    #[error("the npz archive is damaged: {part}: {problem}; restore the file from its source")]
    Archive {
        /// The array, or the part of the archive.
        part: String,
        /// What is wrong with it.
        problem: String,
    },
    /// An array of Python objects.
    #[error(
        "array `{array}` holds pickled Python objects, which can run arbitrary code when loaded; save words as text: np.savez(path, words=np.array(words, dtype=str), vectors=vectors)"
    )]
    PickledArray {
        /// Its name.
        array: String,
    },
    /// More than one array fits.
    #[error("more than one array of the npz could be `{array}`; rename one to that")]
    AmbiguousArray {
        /// The name that would decide.
        array: String,
    },
}
