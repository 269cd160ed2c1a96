//! Which format do these bytes have?
//!
//! A few first bytes tell the formats apart; whether the rest is whole is the reader's question.

use super::header::Header;
use super::{pickle, safetensors, unpack, word2vec_binary, word2vec_text};
use crate::error::{FormatError, Result};
use rapidvec_core::compress::Compression;
use std::path::Path;

/// A format of word vectors, as its content tells it; compression apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// rapidvec's own: see [`safetensors`](mod@super::safetensors).
    Safetensors,
    /// What the chapter's program saves: a Python pickle, of any protocol.
    Pickle,
    /// A line `V D`, then a line for each word: word2vec's text, fastText's `.vec`.
    Word2vecText,
    /// The same without the first line, as GloVe has it.
    Glove,
    /// A line `V D`, then word, space and D little-endian f32 for each word.
    Word2vecBinary,
    /// A whole fastText model: `.bin`, or quantised: `.ftz`.
    FastText,
    /// A zip archive of NumPy arrays.
    Npz,
}

impl Format {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Safetensors => "rapidvec safetensors",
            Self::Pickle => "the chapter's pickle",
            Self::Word2vecText => "word2vec text",
            Self::Glove => "GloVe text (no header)",
            Self::Word2vecBinary => "word2vec binary",
            Self::FastText => "fastText model",
            Self::Npz => "npz",
        }
    }

    /// What the names of its files end with, by custom, before the ending of a compression; the usual one first. None for
    /// formats that are not written.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Safetensors => &["safetensors"],
            Self::Pickle => &["pkl", "pickle"],
            Self::Word2vecText => &["txt", "vec"],
            Self::Glove => &["glove"],
            Self::Word2vecBinary => &["bin"],
            Self::Npz => &["npz"],
            Self::FastText => &[],
        }
    }

    /// The formats that [`WordVectors::save`](crate::WordVectors::save) writes.
    pub const WRITABLE: [Self; 6] =
        [Self::Safetensors, Self::Pickle, Self::Word2vecText, Self::Glove, Self::Word2vecBinary, Self::Npz];

    /// The format that a file to be written has by its name's ending, a compression's apart.
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

    /// Whether words are looked up by the ids that they have in the file. Elsewhere their order is all that shows frequency.
    pub fn has_ids(self) -> bool {
        matches!(self, Self::Safetensors | Self::Pickle)
    }

    /// Whether it can hold numbers in half precision.
    pub fn has_half(self) -> bool {
        matches!(self, Self::Safetensors | Self::Pickle | Self::Npz)
    }
}

/// 793712314, the number that fastText's models begin with, little-endian.
const FASTTEXT: [u8; 4] = 793_712_314_i32.to_le_bytes();

/// Bytes of a packed file that are unpacked to see what is in it.
const HEAD: u64 = 1 << 20;

/// Says which format `bytes`, a file or the first megabyte of one, has. Packed files are unpacked before.
///
/// Text and binary of word2vec begin alike, with a line `V D`: what follows it decides.
///
/// # Errors
/// [`FormatError::Unrecognised`], with a guess of what the bytes are; [`FormatError::Gensim`].
pub fn recognise(bytes: &[u8]) -> Result<Format, FormatError> {
    if safetensors::is_likely(bytes) {
        Ok(Format::Safetensors)
    } else if pickle::looks_like_pickle(bytes) {
        if is_gensims(bytes) { Err(FormatError::Gensim) } else { Ok(Format::Pickle) }
    } else if bytes.starts_with(&FASTTEXT) {
        Ok(Format::FastText)
    } else if bytes.starts_with(b"PK\x03\x04") {
        Ok(Format::Npz)
    } else if let Some(header) = Header::find(bytes)? {
        Ok(text_or_binary(bytes, &header))
    } else if word2vec_text::agreed_size(bytes).is_some() {
        Ok(Format::Glove)
    } else {
        Err(FormatError::Unrecognised { got: guess(bytes) })
    }
}

/// Says which format the file at `path` has, or what is packed in it.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) if it cannot be read; as [`recognise`].
pub fn recognise_file(path: &Path) -> Result<Format> {
    Ok(recognise(&unpack::head(path, HEAD)?)?)
}

/// Which of the two a file with this header is.
pub(super) fn text_or_binary(bytes: &[u8], header: &Header) -> Format {
    let body = &bytes[header.length..];
    let text = match (word2vec_text::is_row(body, header.vector_size), is_text(body)) {
        (true, true) => true,
        (false, false) => false,
        // Text in another encoding; but a few bytes of binary may end like a row, of which most are no digits.
        (true, false) => word2vec_binary::fits(bytes).is_none_or(is_text),
        // A row without its numbers; or binary that reads as letters.
        (false, true) => word2vec_binary::fits(bytes).is_none(),
    };
    if text { Format::Word2vecText } else { Format::Word2vecBinary }
}

/// Whether a pickle begins with an object of gensim, as those do that its `save` writes.
fn is_gensims(bytes: &[u8]) -> bool {
    const MODULE: &[u8] = b"gensim.";
    bytes[..bytes.len().min(64)].windows(MODULE.len()).any(|window| window == MODULE)
}

fn guess(bytes: &[u8]) -> &'static str {
    const MAGICS: [(&[u8], &str); 9] = [
        (&[0x1f, 0x8b], "a gzip archive that cannot be unpacked"),
        (&[0x28, 0xb5, 0x2f, 0xfd], "a zstd archive in an archive"),
        (b"BZh", "a bzip2 archive in an archive"),
        (b"\xfd7zXZ", "an xz archive in an archive"),
        (b"\x93NUMPY", "a NumPy array"),
        (b"\xff\xfe", "text in UTF-16; write it as UTF-8"),
        (b"\xfe\xff", "text in UTF-16; write it as UTF-8"),
        (b"(dp", "a Python pickle of protocol 0 that was cut short"),
        (b"}q", "a Python pickle of protocol 1 that was cut short"),
    ];
    if bytes.is_empty() {
        return "an empty file";
    }
    let known = MAGICS.iter().find(|(magic, _)| bytes.starts_with(magic));
    known.map_or_else(|| if is_text(bytes) { "text" } else { "bytes of an unknown format" }, |&(_, name)| name)
}

fn is_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(1024)];
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        // Cut in the middle of a character: what is before it counts.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or(""),
        Err(_) => return false,
    };
    !text.is_empty() && text.chars().all(|c| !c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_formats_apart_by_content() {
        assert_eq!(recognise(b"\x40\0\0\0\0\0\0\0{\"a\":1}").unwrap(), Format::Safetensors);
        assert_eq!(recognise(b"\x80\x04\x95\x12\x00\x00\x00\x00\x00\x00\x00}\x94").unwrap(), Format::Pickle);
        assert_eq!(recognise(b"\x80\x02}q\0(X\x09\0").unwrap(), Format::Pickle);
        assert_eq!(recognise(b"(dp0\n.").unwrap(), Format::Pickle);
        assert_eq!(recognise(b"PK\x03\x04").unwrap(), Format::Npz);
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
            assert!(matches!(recognise(bytes), Err(FormatError::Gensim)));
        }
    }

    #[test]
    fn tells_word2vecs_text_and_binary_apart_by_what_follows_the_header() {
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
        for binary in [
            &b"1 1\na \0\0\x80\x3f"[..],
            b"1 1\na abcd",
            b"1 2\na \x0a\x0a\x0a\x3d\x0a\x0a\x0a\x3d\n",
            b"5 3\n",
            ends_like_a_row,
        ] {
            assert_eq!(recognise(binary).unwrap(), Format::Word2vecBinary, "{binary:?}");
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

    #[test]
    fn guesses_what_a_refused_file_is() {
        let got = |bytes: &[u8]| {
            let Err(FormatError::Unrecognised { got }) = recognise(bytes) else { panic!("{bytes:?} was accepted") };
            got
        };
        assert_eq!(got(b""), "an empty file");
        assert_eq!(got(b"Many words, and no number among them.\n"), "text");
        assert_eq!(got("안녕 ".repeat(400).as_bytes()), "text");
        assert!(got(b"\x1f\x8b\x08").contains("gzip"));
        assert!(got(b"(dp0\n").contains("protocol 0"));
        assert!(got(b"\xff\xfe1\0 \x002\0").contains("UTF-16"));
        assert_eq!(got(b"\xff\xff\x00"), "bytes of an unknown format");
        assert_eq!(got(b"\x80\x09"), "bytes of an unknown format");
    }
}
