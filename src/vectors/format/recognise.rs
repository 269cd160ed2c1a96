//! Which format do these bytes have?
//!
//! A few first bytes tell the formats apart; whether the rest is whole is the reader's question.
#![forbid(unsafe_code)]

use super::{pickle, safetensors};
use crate::error::{FormatError, Result};
use crate::vectors::mapped::Bytes;
use std::path::Path;

/// A format of word vectors, as its content tells it; compression apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// quickvec's own: see [`safetensors`](mod@super::safetensors).
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
            Self::Safetensors => "quickvec safetensors",
            Self::Pickle => "the chapter's pickle",
            Self::Word2vecText => "word2vec text",
            Self::Glove => "GloVe text (no header)",
            Self::Word2vecBinary => "word2vec binary",
            Self::FastText => "fastText model",
            Self::Npz => "npz",
        }
    }
}

/// 793712314, the number that fastText's models begin with, little-endian.
const FASTTEXT: [u8; 4] = 793_712_314_i32.to_le_bytes();

/// Says which format `bytes`, the beginning of a file or all of it, has.
///
/// # Errors
/// [`FormatError::Unrecognised`], with a guess of what the bytes are.
pub fn recognise(bytes: &[u8]) -> Result<Format, FormatError> {
    if safetensors::is_likely(bytes) {
        Ok(Format::Safetensors)
    } else if pickle::looks_like_pickle(bytes) {
        Ok(Format::Pickle)
    } else if bytes.starts_with(&FASTTEXT) {
        Ok(Format::FastText)
    } else if bytes.starts_with(b"PK\x03\x04") {
        Ok(Format::Npz)
    } else {
        Err(FormatError::Unrecognised { got: guess(bytes) })
    }
}

/// Says which format the file at `path` has.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) if it cannot be read; as [`recognise`].
pub fn recognise_file(path: &Path) -> Result<Format> {
    Ok(recognise(&Bytes::map(path)?)?)
}

fn guess(bytes: &[u8]) -> &'static str {
    const MAGICS: [(&[u8], &str); 6] = [
        (&[0x1f, 0x8b], "a gzip archive; unpack it first"),
        (&[0x28, 0xb5, 0x2f, 0xfd], "a zstd archive; unpack it first"),
        (b"BZh", "a bzip2 archive; unpack it first"),
        (b"\x93NUMPY", "a NumPy array"),
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

    #[test]
    fn guesses_what_a_refused_file_is() {
        let got = |bytes: &[u8]| {
            let Err(FormatError::Unrecognised { got }) = recognise(bytes) else { panic!("{bytes:?} was accepted") };
            got
        };
        assert_eq!(got(b""), "an empty file");
        assert_eq!(got(b"2 3\nthe 0.1 0.2 0.3\n"), "text");
        assert_eq!(got("안녕 ".repeat(400).as_bytes()), "text");
        assert!(got(b"\x1f\x8b\x08").contains("gzip"));
        assert!(got(b"(dp0\n").contains("protocol 0"));
        assert_eq!(got(b"\xff\xfe\x00"), "bytes of an unknown format");
        assert_eq!(got(b"\x80\x09"), "bytes of an unknown format");
    }
}
