//! Tar: members one after the other, each after a header of 512 bytes.

use super::member::{MAX_MEMBERS, Member, Place, damaged};
use crate::error::FormatError;
use std::io::Cursor;

/// The length of a header, and the position of its checksum.
const HEADER: usize = 512;
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// Whether `bytes` begin with a header whose checksum is right.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..HEADER) else { return false };
    let Ok(field) = std::str::from_utf8(&header[CHECKSUM]) else { return false };
    let Ok(recorded) = u64::from_str_radix(field.trim_matches(['\0', ' ']), 8) else { return false };
    // The field itself counts as spaces.
    let byte = |(at, &byte): (usize, &u8)| if CHECKSUM.contains(&at) { u64::from(b' ') } else { u64::from(byte) };
    let sum: u64 = header.iter().enumerate().map(byte).sum();
    sum == recorded && header[0] != 0
}

/// The files in the archive.
pub(super) fn members(bytes: &[u8]) -> Result<Vec<Member>, FormatError> {
    let fail = |error: std::io::Error| damaged("its directory", error);
    let mut archive = ::tar::Archive::new(Cursor::new(bytes));
    let mut members = Vec::new();
    for entry in archive.entries_with_seek().map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        if members.len() == MAX_MEMBERS {
            return Err(damaged("its directory", "more than 10,000 files"));
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches("./").to_owned();
        let start = usize::try_from(entry.raw_file_position()).unwrap_or(usize::MAX);
        members.push(Member { name, length: entry.size(), place: Place::At(start) });
    }
    Ok(members)
}
