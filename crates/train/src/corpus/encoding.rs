//! Guesses the encoding of a text that is not UTF-8, for the message that rejects it.

/// Which encoding a double-byte character belongs to is decided by its lead byte: the rows that common text uses.
struct DoubleByte {
    name: &'static str,
    is_trail: fn(u8) -> bool,
    is_common: fn(u8) -> bool,
    /// Many of its trail bytes are ASCII.
    has_ascii_trails: bool,
}

/// In the order in which they are tried: what is common in Korean text is common in Chinese text too, but not the reverse.
const DOUBLE_BYTE: [DoubleByte; 5] = [
    DoubleByte {
        name: "SHIFT_JIS",
        is_trail: |byte| matches!(byte, 0x40..=0x7e | 0x80..=0xfc),
        is_common: |byte| matches!(byte, 0x81..=0x83 | 0x88..=0x97),
        has_ascii_trails: false,
    },
    DoubleByte {
        name: "EUC-JP",
        is_trail: |byte| byte >= 0xa1,
        is_common: |byte| matches!(byte, 0xa4 | 0xa5),
        has_ascii_trails: false,
    },
    DoubleByte {
        name: "CP949",
        is_trail: |byte| matches!(byte, 0x41..=0x5a | 0x61..=0x7a | 0x81..=0xfe),
        is_common: |byte| matches!(byte, 0xb0..=0xc8),
        has_ascii_trails: false,
    },
    DoubleByte {
        name: "BIG5",
        is_trail: |byte| matches!(byte, 0x40..=0x7e | 0xa1..=0xfe),
        is_common: |byte| matches!(byte, 0xa4..=0xc6),
        has_ascii_trails: true,
    },
    DoubleByte {
        name: "GB18030",
        is_trail: |byte| matches!(byte, 0x40..=0x7e | 0x80..=0xfe),
        is_common: |byte| matches!(byte, 0xb0..=0xd7),
        has_ascii_trails: false,
    },
];

/// Names of the encodings that `bytes` may be in, as `iconv` spells them, the likeliest first. None where most
/// lines are valid UTF-8: then some bytes are damaged, and the text is not in another encoding.
pub(super) fn likely_encodings(bytes: &[u8]) -> Vec<&'static str> {
    let lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).collect();
    let invalid: Vec<&[u8]> = lines.iter().copied().filter(|line| std::str::from_utf8(line).is_err()).collect();
    if invalid.len() * 2 <= lines.len() {
        return Vec::new();
    }
    let text = invalid.join(&b'\n');
    let mut found: Vec<_> =
        DOUBLE_BYTE.iter().filter(|encoding| fits(encoding, &text)).map(|found| found.name).collect();
    if found.is_empty() {
        found.extend(single_byte(&text));
    }
    found.truncate(2);
    found
}

/// Whether all high bytes pair up, and most of the pairs are common ones.
fn fits(encoding: &DoubleByte, text: &[u8]) -> bool {
    let (mut pairs, mut common, mut ascii_trails, mut at) = (0, 0, 0, 0);
    while at < text.len() {
        if text[at] < 0x80 {
            at += 1;
            continue;
        }
        let Some(&trail) = text.get(at + 1).filter(|trail| (encoding.is_trail)(**trail)) else { return false };
        pairs += 1;
        common += usize::from((encoding.is_common)(text[at]));
        ascii_trails += usize::from(trail < 0x80);
        at += 2;
    }
    common * 10 >= pairs * 8 && (!encoding.has_ascii_trails || ascii_trails * 10 >= pairs)
}

/// Western languages have single high bytes among ASCII letters, Cyrillic ones whole words of them.
fn single_byte(text: &[u8]) -> Vec<&'static str> {
    let high = text.iter().filter(|byte| **byte >= 0x80).count();
    let runs = text.windows(2).filter(|pair| pair[0] < 0x80 && pair[1] >= 0x80).count().max(1);
    let lower = |range: std::ops::RangeInclusive<u8>| text.iter().filter(|byte| range.contains(byte)).count();
    match high / runs {
        0 | 1 => vec!["WINDOWS-1252", "ISO-8859-15"],
        _ if lower(0xe0..=0xff) >= lower(0xc0..=0xdf) => vec!["WINDOWS-1251", "ISO-8859-5"],
        _ => vec!["KOI8-R"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_other_encodings_are_recognised() {
        // `iconv -t` of: 나는 학교에 간다 / 私は学生です / 我是一个学生 / élève à l'école / Я учусь в школе
        for (text, expected) in [
            (&b"\xb3\xaa\xb4\xc2 \xc7\xd0\xb1\xb3\xbf\xa1 \xb0\xa3\xb4\xd9"[..], "CP949"),
            (b"\x8e\x84\x82\xcd\x8aw\x90\xb6\x82\xc5\x82\xb7", "SHIFT_JIS"),
            (b"\xa4\xcf\xa4\xb7\xa4\xc7\xa4\xb9\xa5\xab\xa5\xca", "EUC-JP"),
            (b"\xce\xd2\xca\xc7\xd2\xbb\xb8\xf6\xd1\xa7\xc9\xfa", "GB18030"),
            (b"\xa7\xda\xacO\xa4@\xad\xd3\xbe\xc7\xa5\xcd", "BIG5"),
            (b"\xe9l\xe8ve \xe0 l'\xe9cole", "WINDOWS-1252"),
            (b"\xdf \xf3\xf7\xf3\xf1\xfc \xe2 \xf8\xea\xee\xeb\xe5", "WINDOWS-1251"),
            (b"\xf1 \xd5\xde\xd5\xd3\xd8 \xd7 \xdb\xcb\xcf\xcc\xc5", "KOI8-R"),
        ] {
            assert!(likely_encodings(text).contains(&expected), "{expected}: {:?}", likely_encodings(text));
        }
    }

    #[test]
    fn one_damaged_line_is_not_another_encoding() {
        let text = ["한국어\n".repeat(9).as_bytes(), b"\xff\xfe broken\n"].concat();
        assert_eq!(likely_encodings(&text), [""; 0]);
        assert_eq!(likely_encodings(b"plain\n"), [""; 0]);
    }
}
