//! The zip archive around the arrays: its directory is checked before use, and arrays are read in pieces.

use super::array::Array;
use super::{ALWAYS_UNPACKED, MAX_RATIO};
use crate::error::FormatError;
use std::io::{Cursor, Read};
use zip::read::{ArchiveOffset, Config, ZipFile};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// The maximum number of arrays: an archive of vectors has two or three, and each one costs memory.
const MAX_ARRAYS: u64 = 1000;

/// Bytes decompressed at a time: whole elements of every type.
const CHUNK: usize = 1 << 16;

/// Length of the record at the end of every zip archive that has no comment.
const END: usize = 22;

/// Lengths of the two records before it if numbers do not fit 32 bits.
const LOCATOR: usize = 20;
const END_64: usize = 56;

/// A zip archive of arrays.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, FormatError> {
        check_directory(bytes)?;
        let config = Config { archive_offset: ArchiveOffset::Known(0) };
        let zip =
            ZipArchive::with_config(config, Cursor::new(bytes)).map_err(|error| damaged("its directory", error))?;
        if zip.has_duplicate_names() {
            return Err(FormatError::Archive { part: "its directory".into(), problem: "duplicate names".into() });
        }
        Ok(Self { zip })
    }

    /// The headers of all arrays, in the order of the archive.
    pub(super) fn arrays(&mut self) -> Result<Vec<Array>, FormatError> {
        (0..self.zip.len()).map(|index| self.array(index)).collect()
    }

    fn array(&mut self, index: usize) -> Result<Array, FormatError> {
        let mut file = self.file(index, "its directory")?;
        let name = String::from_utf8_lossy(file.name_raw()).into_owned();
        let name = name.strip_suffix(".npy").unwrap_or(&name).to_owned();
        let (packed, unpacked) = (file.compressed_size(), file.size());
        let array = Array::read(index, name, &mut file, unpacked)?;
        if packed < unpacked / MAX_RATIO && unpacked > ALWAYS_UNPACKED {
            return Err(FormatError::TooSmallPacked { format: "npz", expected: MAX_RATIO, got: packed });
        }
        // No file is so large that the sum overflows.
        let expected = array.data_bytes().and_then(|bytes| bytes.checked_add(array.head_bytes));
        if expected != Some(unpacked) {
            let problem = format!("expected {} bytes by its shape, got {unpacked}", expected.unwrap_or(u64::MAX));
            return Err(FormatError::Archive { part: array.name, problem });
        }
        Ok(array)
    }

    /// Shows the bytes of an array's numbers in pieces that cut no number in two, and checks that they are whole.
    pub(super) fn visit(
        &mut self,
        array: &Array,
        mut see: impl FnMut(&[u8]) -> Result<(), FormatError>,
    ) -> Result<(), FormatError> {
        let fail =
            |error: std::io::Error| FormatError::Archive { part: array.name.clone(), problem: error.to_string() };
        let mut file = self.file(array.index, &array.name)?;
        std::io::copy(&mut file.by_ref().take(array.head_bytes), &mut std::io::sink()).map_err(fail)?;
        let mut left = array.data_bytes().unwrap_or(0);
        let mut buffer = vec![0; left.min(CHUNK as u64) as usize];
        while left > 0 {
            let piece = left.min(CHUNK as u64);
            left -= piece;
            let piece = &mut buffer[..piece as usize];
            file.read_exact(piece).map_err(fail)?;
            see(piece)?;
        }
        // The end of the data is where its checksum is compared.
        match file.read(&mut [0]).map_err(fail)? {
            0 => Ok(()),
            _ => Err(FormatError::Archive { part: array.name.clone(), problem: "more bytes than declared".into() }),
        }
    }

    fn file(&mut self, index: usize, part: &str) -> Result<ZipFile<'_, Cursor<&'a [u8]>>, FormatError> {
        let file = self.zip.by_index(index).map_err(|error| damaged(part, error))?;
        match file.compression() {
            CompressionMethod::Stored | CompressionMethod::Deflated => Ok(file),
            other => {
                let problem = format!("compressed by {other}, which NumPy does not use");
                Err(FormatError::Archive { part: part.to_owned(), problem })
            }
        }
    }
}

fn damaged(part: &str, error: ZipError) -> FormatError {
    FormatError::Archive { part: part.to_owned(), problem: error.to_string() }
}

/// Checks that the archive ends where the file does, and that its directory is not too large.
fn check_directory(bytes: &[u8]) -> Result<(), FormatError> {
    let refuse = |problem: &str| Err(FormatError::Archive { part: "its end".into(), problem: problem.into() });
    let Some(end) = bytes.len().checked_sub(END).filter(|&end| bytes[end..].starts_with(b"PK\x05\x06")) else {
        return refuse("expected the end of a zip archive; the file was cut short, or something follows it");
    };
    let field = |at: usize, width: usize| little_endian(&bytes[at..at + width]);
    let (mut count, mut size, mut start, mut end) = (field(end + 10, 2), field(end + 12, 4), field(end + 16, 4), end);
    if end >= LOCATOR && bytes[end - LOCATOR..].starts_with(b"PK\x06\x07") {
        let Some(at) = (end - LOCATOR).checked_sub(END_64).filter(|&at| bytes[at..].starts_with(b"PK\x06\x06")) else {
            return refuse("expected the end of a zip64 archive");
        };
        (count, size, start, end) = (field(at + 32, 8), field(at + 40, 8), field(at + 48, 8), at);
    }
    // Even if a zip64 record has its own number: readers differ in which of the two they use.
    if count.max(field(end + 10, 2)) > MAX_ARRAYS {
        return refuse("more than 1,000 arrays: not word vectors");
    }
    if start.checked_add(size) != Some(end as u64) {
        return refuse("the directory is not where its end says");
    }
    Ok(())
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}
