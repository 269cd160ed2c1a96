//! Recognises the format of a file by its first bytes.
//!
//! They distinguish the formats; the reader checks the rest.

use super::foreign::{self, is_text};
use super::header::Header;
use super::{
    csv, fasttext, finalfusion, npy, pickle, safetensors, spacy, static_embedding, unpack, word2vec_binary,
    word2vec_text,
};
use crate::error::{FormatError, Result};
use rapidvec_core::compress::Compression;
use std::path::Path;

/// A format of word vectors, not counting compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// rapidvec's own: see [`safetensors`](mod@super::safetensors).
    Safetensors,
    /// What the chapter's program saves: a Python pickle, of any protocol.
    Pickle,
    /// A line `V D`, then a line for each word: word2vec's text, fastText's `.vec`.
    Word2vecText,
    /// The same without the first line: GloVe.
    Glove,
    /// A line `V D`, then word, space and D little-endian f32 for each word.
    Word2vecBinary,
    /// A whole fastText model: `.bin`, or quantised: `.ftz`.
    FastText,
    /// finalfusion's `.fifu`: see [`finalfusion`](mod@super::finalfusion).
    Finalfusion,
    /// A zip archive of NumPy arrays.
    Npz,
    /// gensim's own `.kv` and `.model`: a pickle of its classes, with arrays in files beside it.
    Gensim,
    /// One NumPy array, whose words are in a list of their own.
    Npy,
    /// A table: see [`csv`](mod@super::csv).
    Csv,
    /// Deeplearning4j's text: see [`dl4j`](mod@super::dl4j).
    Dl4j,
    /// A folder of a tokenizer and a vector for each of its tokens: see [`static_embedding`](mod@super::static_embedding).
    StaticEmbedding,
    /// spaCy's folder of a vocabulary: see [`spacy`](mod@super::spacy).
    Spacy,
}

impl Format {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Safetensors => "rapidvec safetensors",
            Self::Pickle => "pickle",
            Self::Word2vecText => "word2vec text",
            Self::Glove => "GloVe text (no header)",
            Self::Word2vecBinary => "word2vec binary",
            Self::FastText => "fastText model",
            Self::Finalfusion => "finalfusion",
            Self::Npz => "npz",
            Self::Gensim => "gensim's own format",
            Self::Npy => "NumPy array",
            Self::Csv => "CSV",
            Self::Dl4j => "Deeplearning4j text",
            Self::StaticEmbedding => "model2vec folder",
            Self::Spacy => "spaCy folder",
        }
    }

    /// The usual extensions of its files, without that of a compression; the most common one first. None for
    /// fastText models, whose `.bin` is taken for word2vec's, and for formats that are not written.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Safetensors => &["safetensors"],
            Self::Pickle => &["pkl", "pickle"],
            Self::Word2vecText => &["txt", "vec"],
            Self::Glove => &["glove"],
            Self::Word2vecBinary => &["bin"],
            Self::Npz => &["npz"],
            Self::Gensim => &["kv"],
            Self::Npy => &["npy"],
            Self::FastText | Self::Finalfusion | Self::Csv | Self::Dl4j | Self::StaticEmbedding | Self::Spacy => &[],
        }
    }

    /// All formats, in the order in which they are listed.
    pub const ALL: [Self; 14] = [
        Self::Safetensors,
        Self::Word2vecText,
        Self::Word2vecBinary,
        Self::Glove,
        Self::FastText,
        Self::Finalfusion,
        Self::Gensim,
        Self::Npz,
        Self::Npy,
        Self::Csv,
        Self::Pickle,
        Self::Dl4j,
        Self::StaticEmbedding,
        Self::Spacy,
    ];

    /// What is to be known about it, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Safetensors => "every part of a model; checksums",
            Self::Word2vecText => "word2vec, fastText `.vec`; most frequent words first",
            Self::Glove => "GloVe; read with spaces or tabs",
            Self::Word2vecBinary => "word2vec, GoogleNews; most frequent words first",
            Self::FastText => "a whole model: words and n-grams",
            Self::Gensim => {
                "`.kv` and `.model` of gensim 4 and older, with the `.npy` files beside them; written: `.kv` of gensim 4"
            }
            Self::Finalfusion => "`.fifu`, also quantised; n-grams with fastText's hashes",
            Self::Npz => "arrays of words and vectors under any names",
            Self::Npy => "one array; its words in a file of their own",
            Self::Csv => "a row for each word; also TSV, semicolons, a column of lists",
            Self::Pickle => "words with vectors; written: the textbook's dictionary",
            Self::Dl4j => "words in base64",
            Self::Spacy => "a pipeline, a package or its `vocab`; floret's vectors for the listed words",
            Self::StaticEmbedding => {
                "`tokenizer.json` and `model.safetensors`, also sentence-transformers' StaticEmbedding; vectors of tokens"
            }
        }
    }

    /// The formats that [`WordVectors::save`](crate::WordVectors::save) writes.
    pub const WRITABLE: [Self; 9] = [
        Self::Safetensors,
        Self::Pickle,
        Self::Word2vecText,
        Self::Glove,
        Self::Word2vecBinary,
        Self::Npz,
        Self::FastText,
        Self::Gensim,
        Self::Npy,
    ];

    /// The format of a file to be written, by its extension; one of a compression is ignored.
    ///
    /// ```
    /// use rapidvec_vectors::format::Format;
    /// assert_eq!(Format::of_ending("vectors.vec.gz".as_ref()), Some(Format::Word2vecText));
    /// assert_eq!(Format::of_ending("vectors".as_ref()), None);
    /// ```
    pub fn of_ending(path: &Path) -> Option<Self> {
        let bare = path.with_extension("");
        let path = if Compression::of_ending(path).is_some() { &bare } else { path };
        let ending = path.extension()?.to_str()?;
        Self::WRITABLE
            .into_iter()
            .find(|format| format.endings().iter().any(|known| ending.eq_ignore_ascii_case(known)))
    }

    /// Whether programs look words up by their ids in the file. In the other formats only the order of words shows frequency.
    pub fn has_ids(self) -> bool {
        matches!(self, Self::Safetensors | Self::Pickle)
    }

    /// Whether it can hold numbers in half precision.
    pub fn has_half(self) -> bool {
        matches!(self, Self::Safetensors | Self::Pickle | Self::Npz | Self::Npy)
    }
}

/// Bytes of a compressed file that are decompressed to recognise its content.
const HEAD: u64 = 1 << 20;

/// Recognises the format of `bytes`, a file or the first megabyte of one. Compressed files are decompressed first.
///
/// word2vec's text and binary begin alike, with a line `V D`; what follows it decides.
///
/// # Errors
/// [`FormatError::Unrecognised`], with a guess at what the bytes are; [`FormatError::NoWords`].
pub fn recognise(bytes: &[u8]) -> Result<Format, FormatError> {
    if let Some(got) = foreign::archive(bytes) {
        Err(FormatError::Unrecognised { got })
    } else if safetensors::is_likely(bytes) {
        Ok(Format::Safetensors)
    } else if pickle::looks_like_pickle(bytes) {
        if is_gensims(bytes) { Ok(Format::Gensim) } else { Ok(Format::Pickle) }
    } else if bytes.starts_with(npy::MAGIC) {
        Ok(Format::Npy)
    } else if bytes.starts_with(&fasttext::MAGIC.to_le_bytes()) {
        Ok(Format::FastText)
    } else if bytes.starts_with(finalfusion::MAGIC) {
        Ok(Format::Finalfusion)
    } else if bytes.starts_with(b"PK\x03\x04") {
        Ok(Format::Npz)
    } else if word2vec_text::has_base64_words(bytes) {
        Ok(Format::Dl4j)
    } else if let Some(header) = Header::find(bytes)? {
        let format = text_or_binary(bytes, &header);
        let has_words = format != Format::Word2vecText || !word2vec_text::is_matrix(bytes);
        if has_words { Ok(format) } else { Err(FormatError::NoWords) }
    } else if word2vec_text::is_matrix(bytes) {
        Err(FormatError::NoWords)
    } else if is_text(bytes) && !word2vec_text::has_separators_as_words(bytes) && csv::is_one(bytes) {
        Ok(Format::Csv)
    } else if !word2vec_text::has_separators_as_words(bytes) && word2vec_text::is_table_of_numbers(bytes) {
        Err(FormatError::NoWords)
    } else if word2vec_text::agreed_size(bytes).is_some() {
        Ok(Format::Glove)
    } else {
        Err(FormatError::Unrecognised { got: foreign::name(bytes) })
    }
}

/// Recognises the format of the file at `path`, compressed or not.
///
/// # Errors
/// An error of the system if it cannot be read; as [`recognise`].
pub fn recognise_file(path: &Path) -> Result<Format> {
    recognise_member(path, None)
}

/// As [`recognise_file`]; of an archive, the file called `member`.
///
/// # Errors
/// As [`recognise_file`].
pub fn recognise_member(path: &Path, member: Option<&str>) -> Result<Format> {
    if static_embedding::find(path).is_some() {
        return Ok(Format::StaticEmbedding);
    }
    if spacy::find(path).is_some() {
        return Ok(Format::Spacy);
    }
    Ok(recognise(&unpack::head(path, HEAD, member)?)?)
}

/// Which of the two a file with this header is.
pub(super) fn text_or_binary(bytes: &[u8], header: &Header) -> Format {
    let body = &bytes[header.length..];
    let text = match (word2vec_text::is_row(body, header.vector_size), is_text(body)) {
        (true, true) => true,
        (false, false) => false,
        // Text in another encoding; but binary data may end like a row, and most of it is not text.
        (true, false) => word2vec_binary::line_after_first_word(bytes).is_none_or(is_text),
        // A row without its numbers; or binary data that looks like letters.
        (false, true) => word2vec_binary::line_after_first_word(bytes).is_none(),
    };
    if text { Format::Word2vecText } else { Format::Word2vecBinary }
}

/// Whether a pickle begins with an object of gensim, as the files of its `save` do.
fn is_gensims(bytes: &[u8]) -> bool {
    const MODULE: &[u8] = b"gensim.";
    bytes[..bytes.len().min(64)].windows(MODULE.len()).any(|window| window == MODULE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinguishes_the_formats_by_content() {
        assert_eq!(recognise(b"\x40\0\0\0\0\0\0\0{\"a\":1}").unwrap(), Format::Safetensors);
        assert_eq!(recognise(b"\x80\x04\x95\x12\x00\x00\x00\x00\x00\x00\x00}\x94").unwrap(), Format::Pickle);
        assert_eq!(recognise(b"\x80\x02}q\0(X\x09\0").unwrap(), Format::Pickle);
        assert_eq!(recognise(b"(dp0\n.").unwrap(), Format::Pickle);
        assert_eq!(recognise(b"PK\x03\x04").unwrap(), Format::Npz);
        assert_eq!(recognise(b"FiFu\0\0\0\0").unwrap(), Format::Finalfusion);
        assert_eq!(recognise(b"\xba\x16\x4f\x2f\x0c\0\0\0").unwrap(), Format::FastText);
        // A header of 0x480 bytes: the same first two bytes as a pickle's.
        assert_eq!(recognise(b"\x80\x04\0\0\0\0\0\0{\"a\":1}").unwrap(), Format::Safetensors);
    }

    /// The first bytes of what gensim 4.4.0 saves.
    #[test]
    fn knows_gensims_own_files() {
        for bytes in [
            &b"\x80\x04\x95\xce\x02\0\0\0\0\0\0\x8c\x1agensim.models.keyedvectors\x94\x8c\x0cKeyedVectors\x94"[..],
            b"\x80\x02cgensim.models.word2vec\nWord2Vec\nq\0)\x81q\x01}q\x02(X\x0b\0\0\0vector_size",
        ] {
            assert_eq!(recognise(bytes).unwrap(), Format::Gensim);
        }
    }

    #[test]
    fn distinguishes_word2vecs_text_and_binary_by_what_follows_the_header() {
        for text in
            ["1 2\na 1 2\n", "1 2\na 1\n", "2 3\nnew york 1 2 3\n", "1 2\na one two three\n", "1 2\r\na 1 2\r\n"]
        {
            assert_eq!(recognise(text.as_bytes()).unwrap(), Format::Word2vecText, "{text:?}");
        }
        // The last has four bytes, as a number of binary has.
        for latin in [&b"2 2\ncaf\xe9 1 2\nb 3 4\n"[..], b"1 1\ncaf\xe9 1.25\n", b"1 1\n\x01 -0.5\n"] {
            assert_eq!(recognise(latin).unwrap(), Format::Word2vecText, "{latin:?}");
        }
        let ends_like_a_row = b"1 1\na \x9c\x01 4";
        let last_ends_like_a_row = b"2 1\na abcd\x01 \0\x01 4";
        for binary in [
            &b"1 1\na \0\0\x80\x3f"[..],
            b"1 1\na abcd",
            b"1 2\na \x0a\x0a\x0a\x3d\x0a\x0a\x0a\x3d\n",
            b"5 3\n",
            ends_like_a_row,
            last_ends_like_a_row,
        ] {
            assert_eq!(recognise(binary).unwrap(), Format::Word2vecBinary, "{binary:?}");
        }
    }

    #[test]
    fn refuses_numbers_without_words_and_knows_words_in_base64() {
        for matrix in [
            "0.1\t0.2\n-0.4\t0.2\n",
            "1.0e+00 2.0e+00\n3.0e+00 4.0e+00\n",
            "0.5 0.5\n",
            "0.5,0.5\n-1,0.25\n",
            "0,5;0,5\n-1;0,25\n",
            "1 0 0\n0 1 0\n1 0 1\n",
            "0 1 2\n0.1 0.2 0.3\n0.4 0.5 0.6\n",
            "2 3\n0.1 0.2 0.3\n0.4 0.5 0.6\n",
        ] {
            assert!(matches!(recognise(matrix.as_bytes()), Err(FormatError::NoWords)), "{matrix:?}");
        }
        for words in ["1999 0.1 0.2\n2000 0.3 0.4\n", "0 0.5 1\n1 0.25 1\n", "0.5 0.1 0.2\nhalf 0.3 0.4\n"] {
            assert_eq!(recognise(words.as_bytes()).unwrap(), Format::Glove, "{words:?}");
        }
        for base64 in ["4 3 120\nB64:a2luZw== 0.1 0.2 0.3\n", "1 2\nB64:a2luZw== 0.1 0.2\n", "B64:a2luZw== 0.1 0.2\n"] {
            assert_eq!(recognise(base64.as_bytes()).unwrap(), Format::Dl4j, "{base64:?}");
        }
    }

    #[test]
    fn knows_text_without_a_header_by_lines_that_agree() {
        for text in ["a 1 2\nb 3 4\n", "a 1.0\n", "new york 1 2\nb 3 4\nin 2014 5 6\nc 1 2\n", " 1 2\na 3 4\n"] {
            assert_eq!(recognise(text.as_bytes()).unwrap(), Format::Glove, "{text:?}");
        }
        for text in ["a b\nc d\n", "a 1\nb\nc\nd\n", "1\n2\n3\n", "the 12\nof 7\n", "three 3\n"] {
            assert!(recognise(text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
