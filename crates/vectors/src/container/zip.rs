//! Zip: a directory at the end, members stored or compressed by deflate.

use super::member::{ALWAYS, MAX_MEMBERS, MAX_RATIO, Member, Place, damaged};
use crate::error::FormatError;
use rapidvec_core::memory::available_memory;
use std::io::{Cursor, Read};
use zip::CompressionMethod::Stored;
use zip::ZipArchive;

/// Bytes decompressed at a time.
const STEP: u64 = 1 << 20;

/// Whether `bytes` are a zip archive whose first member is not an array of NumPy.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    const HEADER: usize = 30;
    let Some(header) = bytes.get(..HEADER).filter(|header| header.starts_with(b"PK\x03\x04")) else { return false };
    let length = usize::from(u16::from_le_bytes([header[26], header[27]]));
    let extra = usize::from(u16::from_le_bytes([header[28], header[29]]));
    let name = bytes.get(HEADER..HEADER + length).unwrap_or_default();
    // An array is an array, also under another name.
    let is_array = bytes.get(HEADER + length + extra..).is_some_and(|data| data.starts_with(b"\x93NUMPY"));
    !is_array && !name.ends_with(b".npy")
}

fn open(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, FormatError> {
    if most_declared(bytes) > MAX_MEMBERS {
        return Err(damaged("its directory", "more than 10,000 files"));
    }
    ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged("its directory", error))
}

/// The largest number of files that a record at the end declares: the directory takes memory for each.
fn most_declared(bytes: &[u8]) -> usize {
    const LONGEST_COMMENT: usize = 1 << 16;
    let tail = &bytes[bytes.len().saturating_sub(LONGEST_COMMENT + 22)..];
    let records = tail.windows(12).filter(|record| record.starts_with(b"PK\x05\x06"));
    records.map(|record| usize::from(u16::from_le_bytes([record[10], record[11]]))).max().unwrap_or(0)
}

/// The files in the archive.
pub(super) fn members(bytes: &[u8]) -> Result<Vec<Member>, FormatError> {
    let mut zip = open(bytes)?;
    if zip.len() > MAX_MEMBERS {
        return Err(damaged("its directory", "more than 10,000 files"));
    }
    let mut members = Vec::new();
    for index in 0..zip.len() {
        let file = zip.by_index_raw(index).map_err(|error| damaged("its directory", error))?;
        if !file.is_file() {
            continue;
        }
        let name = String::from_utf8_lossy(file.name_raw()).into_owned();
        let stored = file.compression() == Stored && !file.encrypted() && file.compressed_size() == file.size();
        let start = file.data_start().and_then(|start| usize::try_from(start).ok());
        let place = start.filter(|_| stored).map_or(Place::Zip(index), Place::At);
        members.push(Member { name, length: file.size(), place });
    }
    Ok(members)
}

/// The bytes of a compressed member.
pub(super) fn read(bytes: &[u8], index: usize, member: &Member) -> Result<Vec<u8>, FormatError> {
    let mut zip = open(bytes)?;
    let mut file = zip.by_index(index).map_err(|error| damaged(&member.name, error))?;
    let packed = file.compressed_size();
    if member.length > packed.saturating_mul(MAX_RATIO).saturating_add(ALWAYS) {
        return Err(FormatError::TooSmallPacked { format: "zip", expected: MAX_RATIO, got: packed });
    }
    if let Some(available) = available_memory().filter(|&available| member.length > available) {
        let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
        let (needed, available) = (megabytes(member.length), megabytes(available));
        return Err(FormatError::UnpackedMemory { format: "zip", needed, available });
    }
    let mut unpacked = Vec::new();
    loop {
        // What is declared is not trusted: memory is taken as the bytes come.
        let read = file.by_ref().take(STEP).read_to_end(&mut unpacked);
        if read.map_err(|error| damaged(&member.name, error))? == 0 {
            break;
        }
        if unpacked.len() as u64 > member.length {
            return Err(damaged(&member.name, "it has more bytes than declared"));
        }
    }
    match unpacked.len() as u64 {
        length if length == member.length => Ok(unpacked),
        got => Err(damaged(&member.name, format_args!("expected {} bytes, got {got}", member.length))),
    }
}
