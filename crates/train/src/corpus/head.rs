//! The first bytes of a file: a mark to strip, or a reason to reject it.

use super::error::CorpusError;
use rapidvec_core::compress::Compression;

/// How many bytes at the start show what a file is.
pub(super) const HEAD_BYTES: usize = 10;

const UTF8_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// Byte order marks; UTF-32's little-endian mark starts with UTF-16's.
const ENCODINGS: [(&[u8], &str); 4] = [
    (&[0xff, 0xfe, 0, 0], "UTF-32"),
    (&[0, 0, 0xfe, 0xff], "UTF-32"),
    (&[0xff, 0xfe], "UTF-16"),
    (&[0xfe, 0xff], "UTF-16"),
];

/// Compressed formats that are not read here: first bytes, name, and what unpacks them.
const COMPRESSED: [(&[u8], &str, &str); 4] = [
    (&[0x04, 0x22, 0x4d, 0x18], "lz4", "lz4 -d FILE"),
    (b"PK\x03\x04", "zip", "unzip FILE"),
    (&[b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c], "7z", "7z x FILE"),
    (&[0x1f, 0x9d], "compress", "gzip -d FILE"),
];

/// The compressed format that `head` is the start of, if it is one that can be read.
pub(super) fn compression(head: &[u8]) -> Option<Compression> {
    // A text may well start with `BZh1`.
    Compression::recognise(head).filter(|&found| found != Compression::Bzip2 || is_bzip2(head))
}

/// Length of the UTF-8 mark that `head` starts with (0 or 3), or why the file called `name` is rejected.
pub(super) fn check(head: &[u8], name: &str) -> Result<usize, CorpusError> {
    if let Some(&(_, encoding)) = ENCODINGS.iter().find(|(mark, _)| head.starts_with(mark)) {
        return Err(CorpusError::Encoding { name: name.to_owned(), encoding });
    }
    if let Some(&(_, format, command)) = COMPRESSED.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return Err(CorpusError::Compressed { name: name.to_owned(), format, command });
    }
    Ok(if head.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 })
}

/// `BZh`, a level, then the mark of a block or of the end: the rest of the head, as far as there is one.
fn is_bzip2(head: &[u8]) -> bool {
    const BLOCK: &[u8] = &[0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
    const END: &[u8] = &[0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
    head.get(4..).is_some_and(|mark| mark.starts_with(BLOCK) || mark.starts_with(END))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_can_be_unpacked_by_its_first_bytes() {
        let heads: [(&[u8], Compression); 5] = [
            (&[0x1f, 0x8b, 8, 0], Compression::Gzip),
            (b"BZh91AY&SY", Compression::Bzip2),
            (b"BZh9\x17\x72\x45\x38\x50\x90", Compression::Bzip2),
            (&[0x28, 0xb5, 0x2f, 0xfd, 4], Compression::Zstd),
            (b"\xfd7zXZ\0\0", Compression::Xz),
        ];
        for (head, expected) in heads {
            assert_eq!(compression(head), Some(expected));
        }
    }

    #[test]
    fn refuses_archives_and_what_it_cannot_unpack() {
        for (head, expected) in [(&b"PK\x03\x04"[..], "zip"), (b"\x04\x22\x4d\x18", "lz4"), (b"\x1f\x9d", "compress")] {
            let Err(CorpusError::Compressed { format, .. }) = check(head, "x") else { panic!("{expected} passed") };
            assert_eq!(format, expected);
        }
    }

    #[test]
    fn refuses_other_encodings_by_their_mark() {
        for (head, expected) in
            [(&b"\xff\xfea\0"[..], "UTF-16"), (b"\xfe\xff\0a", "UTF-16"), (b"\xff\xfe\0\0", "UTF-32")]
        {
            let error = check(head, "x").unwrap_err();
            assert_eq!(error, CorpusError::Encoding { name: "x".into(), encoding: expected });
        }
    }

    #[test]
    fn text_that_looks_a_little_like_a_magic_number_passes() {
        for head in [&b"BZh9 is a word"[..], b"BZh9", b"PK said", b"7z is fast", b"", b"\xea"] {
            assert_eq!((check(head, "x"), compression(head)), (Ok(0), None));
        }
        assert_eq!(check(b"\xef\xbb\xbfthe", "x"), Ok(3));
    }
}
