//! The header: the tensors, their positions, and the metadata.

use super::{CHECKSUM, HEADER, MAX_HEADER_BYTES, keys};
use crate::error::FormatError;
use safetensors::tensor::{Metadata, TensorInfo};
use serde::Serialize;
use std::collections::BTreeMap;
use xxhash_rust::xxh3::Xxh3;

const LENGTH_BYTES: usize = 8;
/// A cache line, and the widest vector register.
const ALIGNMENT: usize = 64;

/// The contents of the header, checked for consistency and against the file's length.
#[derive(Debug, Clone, Serialize)]
pub struct Header {
    #[serde(rename = "__metadata__")]
    pub metadata: BTreeMap<String, String>,
    /// Offsets count from the first byte after the header.
    #[serde(flatten)]
    pub tensors: BTreeMap<String, TensorInfo>,
    /// Where the tensors' bytes begin in the file.
    #[serde(skip)]
    pub data_start: usize,
}

impl Header {
    /// Reads the header of `bytes`, which are a whole file.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let got = bytes.len() as u64;
        let Some((&length, rest)) = bytes.split_first_chunk::<LENGTH_BYTES>() else {
            return Err(FormatError::Length { expected: LENGTH_BYTES as u64, got });
        };
        let length = u64::from_le_bytes(length);
        if length > MAX_HEADER_BYTES {
            return Err(FormatError::HeaderTooLarge { expected: MAX_HEADER_BYTES, got: length });
        }
        let data_start = LENGTH_BYTES as u64 + length;
        let json = rest.get(..length as usize).ok_or(FormatError::Length { expected: data_start, got })?;
        keys::check(json).map_err(|error| FormatError::Header { problem: error.to_string() })?;
        // The crate checks that shapes fit offsets and that tensors leave no gap and share no byte.
        let parsed: Metadata =
            serde_json::from_slice(json).map_err(|error| FormatError::Header { problem: error.to_string() })?;
        let expected = data_start.saturating_add(parsed.data_len() as u64);
        if expected != got {
            return Err(FormatError::Length { expected, got });
        }
        Ok(Self {
            metadata: parsed.metadata().clone().unwrap_or_default().into_iter().collect(),
            tensors: parsed.tensors().into_iter().map(|(name, info)| (name, info.clone())).collect(),
            data_start: data_start as usize,
        })
    }

    /// The header with its length before it, padded so that the tensors start at a multiple of 64 bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FormatError> {
        let mut bytes = vec![0; LENGTH_BYTES];
        serde_json::to_writer(&mut bytes, self).map_err(|error| FormatError::Header { problem: error.to_string() })?;
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), b' ');
        let length = (bytes.len() - LENGTH_BYTES) as u64;
        if length > MAX_HEADER_BYTES {
            return Err(FormatError::HeaderTooLarge { expected: MAX_HEADER_BYTES, got: length });
        }
        bytes[..LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
        Ok(bytes)
    }

    /// The checksum of the header itself, as the format specifies.
    pub fn checksum(&self) -> String {
        let mut hash = Xxh3::new();
        let own = format!("{CHECKSUM}{HEADER}");
        let mut text = |text: &str| {
            hash.update(text.as_bytes());
            hash.update(&[0]);
        };
        for (key, value) in self.metadata.iter().filter(|(key, _)| **key != own) {
            text(key);
            text(value);
        }
        for (name, info) in &self.tensors {
            hash.update(format!("{name}\0{}\0", info.dtype).as_bytes());
            for number in info.shape.iter().chain([&info.data_offsets.0, &info.data_offsets.1]) {
                hash.update(&(*number as u64).to_le_bytes());
            }
        }
        hex(&hash)
    }

    /// Compares the checksum that the metadata record for `what` (a tensor, or `header`) with the actual one.
    pub fn check(&self, what: &str, got: String) -> Result<(), FormatError> {
        let tensor = || what.to_owned();
        let recorded = self.metadata.get(&format!("{CHECKSUM}{what}"));
        let expected = recorded.ok_or_else(|| FormatError::MissingChecksum { tensor: tensor() })?;
        if *expected == got {
            return Ok(());
        }
        Err(FormatError::Checksum { tensor: tensor(), expected: expected.clone(), got })
    }
}

/// The digest as the metadata hold it: 32 hexadecimal digits.
pub fn hex(hash: &Xxh3) -> String {
    format!("{:032x}", hash.digest128())
}
