//! A data set's file, and whether it is the right one.

use super::error::DatasetError;
use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// A file as it must be, bit for bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Its name, in a folder and at the end of its address.
    pub name: &'static str,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: &'static str,
}

/// How long a server may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// To be found and to accept a connection, TLS included.
    pub connect: Duration,
    /// Between two pieces of its answer.
    pub silence: Duration,
    /// For the whole of a file.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(20), silence: Duration::from_secs(30), total: Duration::from_secs(1800) }
    }
}

impl DataFile {
    /// Reads the file at `path`, after checking its length, and returns its bytes if their SHA-256 is right.
    ///
    /// # Errors
    /// It cannot be read, or it is another file.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>> {
        let io = |source| Error::io(path)(source);
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        self.check_length(path, length)?;
        let mut bytes = Vec::new();
        // One more than expected: the file may grow between the two reads.
        file.take(self.bytes + 1).read_to_end(&mut bytes).map_err(io)?;
        self.check_length(path, bytes.len() as u64)?;
        let got = hex(&Sha256::digest(&bytes));
        if got == self.sha256 { Ok(bytes) } else { Err(wrong(path, "SHA-256", self.sha256, &got)) }
    }

    fn check_length(&self, path: &Path, got: u64) -> Result<()> {
        if got == self.bytes { Ok(()) } else { Err(wrong(path, "length in bytes", self.bytes, got)) }
    }
}

fn wrong(path: &Path, what: &'static str, expected: impl ToString, got: impl ToString) -> Error {
    let (expected, got) = (expected.to_string(), got.to_string());
    DatasetError::WrongFile { path: path.to_owned(), what, expected, got }.into()
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
