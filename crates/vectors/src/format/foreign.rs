//! Names for files that are not word vectors, so that the error says what was found.

use std::borrow::Cow;

/// The first bytes of a kind of file, and its name.
const MAGICS: [(&[u8], &str); 21] = [
    (&[0x1f, 0x8b], "gzip data inside another compressed file, or gzip data that is damaged"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "zstd data inside another compressed file"),
    (b"BZh", "bzip2 data inside another compressed file"),
    (b"\xfd7zXZ", "xz data inside another compressed file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; extract it and open the file in it"),
    (b"Rar!\x1a\x07", "a RAR archive; extract it and open the file in it"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x93NUMPY", "a NumPy array (.npy), which has no words"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"\x7fELF", "a program (ELF)"),
    (b"MZ\x90\0", "a Windows program"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"\xff\xfe", "text in UTF-16; convert it to UTF-8"),
    (b"\xfe\xff", "text in UTF-16; convert it to UTF-8"),
    (b"(dp", "a Python pickle of protocol 0 that is cut short"),
    (b"}q", "a Python pickle of protocol 1 that is cut short"),
];

const ZIP: &[u8] = b"PK\x03\x04";
/// The length of a tar header, and the position of its checksum.
const TAR_HEADER: usize = 512;
const TAR_CHECKSUM: std::ops::Range<usize> = 148..156;
/// The number of bytes of text that are examined.
const LOOKED_AT: usize = 4096;

/// Archives, which are checked first because they could pass for text or for an npz.
pub(super) fn archive(bytes: &[u8]) -> Option<Cow<'static, str>> {
    if let Some(name) = tar_entry(bytes) {
        return Some(format!("a tar archive (of `{name}`); extract it and open the file in it").into());
    }
    let name = zip_entry(bytes)?;
    if name.ends_with(".npy") {
        return None;
    }
    if name.ends_with("/data.pkl") || name.ends_with("/version") || name.ends_with("/byteorder") {
        return Some("a PyTorch file; save its weights and words in a format of word vectors".into());
    }
    Some(format!("a zip archive (of `{name}`); extract it and open the file in it").into())
}

/// Names the kind of a file that no reader accepts.
pub(super) fn name(bytes: &[u8]) -> Cow<'static, str> {
    if bytes.is_empty() {
        return "an empty file".into();
    }
    if let Some((_, name)) = MAGICS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return (*name).into();
    }
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    if start.iter().all(|&byte| byte == 0) {
        return "nothing but zeros at the start, as in an unfinished download".into();
    }
    match is_text(bytes) {
        true => text_name(start),
        false => "bytes of an unknown format".into(),
    }
}

fn text_name(start: &[u8]) -> Cow<'static, str> {
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let begins = |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if begins("version https://git-lfs") {
        let size = text.lines().find_map(|line| line.strip_prefix("size ")).unwrap_or("an unknown number of");
        return format!("a Git LFS pointer, which stands for a file of {size} bytes; fetch that with `git lfs pull`")
            .into();
    }
    if begins("<!doctype html") || begins("<html") || begins("<head") {
        return "an HTML page; the download may have ended at a page that asks for confirmation".into();
    }
    if begins("<?xml") {
        return "an XML document".into();
    }
    let json = text.starts_with(['{', '[']) && text[1..].trim_start().starts_with(['"', '{', '[', '}', ']', '-'])
        || text.starts_with('[') && text[1..].trim_start().starts_with(|c: char| c.is_ascii_digit());
    if json {
        return "JSON".into();
    }
    if is_separated_by_commas(text) { "comma-separated values (CSV)".into() } else { "text".into() }
}

/// Whether the first lines have the same number of commas, and numbers between them.
fn is_separated_by_commas(text: &str) -> bool {
    let fields = |line: &str| {
        let numbers = line.split(',').skip(1).filter(|field| field.trim().parse::<f32>().is_ok()).count();
        (line.matches(',').count(), numbers)
    };
    let mut lines = text.lines().take(3).map(fields);
    let Some((commas, _)) = lines.next() else { return false };
    commas > 0 && lines.all(|(others, numbers)| others == commas && numbers > 0) && text.lines().nth(1).is_some()
}

/// The first entry of a tar archive: one whose header's checksum is right.
fn tar_entry(bytes: &[u8]) -> Option<String> {
    let header = bytes.get(..TAR_HEADER)?;
    let field = std::str::from_utf8(&header[TAR_CHECKSUM]).ok()?;
    let recorded = u64::from_str_radix(field.trim_matches(['\0', ' ']), 8).ok()?;
    // The field itself counts as spaces.
    let byte = |(at, &byte): (usize, &u8)| if TAR_CHECKSUM.contains(&at) { u64::from(b' ') } else { u64::from(byte) };
    let sum: u64 = header.iter().enumerate().map(byte).sum();
    let name = header[..100].split(|&byte| byte == 0).next().unwrap_or_default();
    (sum == recorded && !name.is_empty()).then(|| shown(name))
}

/// The first entry of a zip archive.
fn zip_entry(bytes: &[u8]) -> Option<String> {
    let header = bytes.strip_prefix(ZIP)?.get(..26)?;
    let length = usize::from(u16::from_le_bytes([header[22], header[23]]));
    let extra = usize::from(u16::from_le_bytes([header[24], header[25]]));
    let rest = &bytes[ZIP.len() + header.len()..];
    let name = rest.get(..length)?;
    // An array is an array, also under another name.
    let is_array = rest.get(length + extra..).is_some_and(|data| data.starts_with(b"\x93NUMPY"));
    (!is_array).then(|| shown(name))
}

fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name).escape_debug().take(60).collect()
}

/// Whether `bytes` begin as UTF-8 text without control characters.
pub(super) fn is_text(bytes: &[u8]) -> bool {
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
    fn names_what_people_mistake_for_vectors() {
        for (bytes, expected) in [
            (&b""[..], "an empty file"),
            (b"Many words, and no number among them.\n", "text"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"(dp0\n", "protocol 0"),
            (b"\xff\xfe1\0 \x002\0", "UTF-16"),
            (b"\xff\xff\x00", "bytes of an unknown format"),
            (b"\x80\x09", "bytes of an unknown format"),
            (b"<!DOCTYPE html><html><head>", "an HTML page"),
            (b"\n<html lang=ko>", "an HTML page"),
            (b"<?xml version='1.0'?><a/>", "an XML document"),
            (b"{\"king\": [0.1, 0.2]}", "JSON"),
            (b"[[0.1, 0.2], [0.3, 0.4]]", "JSON"),
            (b"[0.1, 0.2]", "JSON"),
            (b"\x7fELF\x02\x01\x01", "ELF"),
            (b"\x89HDF\r\n\x1a\n\0", "HDF5"),
            (&[0; 5000], "unfinished download"),
            (b"king,0.1,0.2\nqueen,0.3,0.4\n", "CSV"),
            (b"\x93NUMPY\x01\0v\0", "which has no words"),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 1713\n",
                "a Git LFS pointer, which stands for a file of 1713 bytes",
            ),
        ] {
            let got = name(bytes);
            assert!(got.contains(expected), "{got}, not {expected}");
        }
        assert_eq!(name("안녕 ".repeat(400).as_bytes()), "text");
    }

    #[test]
    fn archives_are_named_with_their_first_entry_and_an_npz_is_not_one_of_them() {
        let zip = |name: &str, data: &[u8]| {
            let mut bytes = [ZIP, &[0; 22], &(name.len() as u16).to_le_bytes(), &[0; 2], name.as_bytes()].concat();
            bytes.extend(data);
            archive(&bytes)
        };
        assert!(zip("glove.txt", b"a 1").unwrap().contains("zip archive (of `glove.txt`)"));
        assert!(zip("archive/data.pkl", b"").unwrap().contains("PyTorch"));
        assert_eq!(zip("vectors.npy", b""), None);
        assert_eq!(zip("vectors", b"\x93NUMPY"), None);
        let mut tar = [0; TAR_HEADER];
        tar[..9].copy_from_slice(b"glove.txt");
        tar[TAR_CHECKSUM].copy_from_slice(b"        ");
        let sum: u32 = tar.iter().map(|&byte| u32::from(byte)).sum();
        tar[TAR_CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        assert!(archive(&tar).unwrap().contains("a tar archive (of `glove.txt`)"));
        tar[0] ^= 1;
        assert_eq!(archive(&tar), None);
    }
}
