//! Writing a NumPy array whose number of rows is known only at the end.
//!
//! The header of a `.npy` file contains the number of rows and comes before them. So rows are kept in a temporary file without
//! a name, which the system always removes, and are copied after the header at the end: memory use does not depend on
//! the number of rows, and the output can be a pipe.

use crate::format::npy_head;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::Path;

/// Collects rows of f32 for an array.
///
/// ```
/// use rapidvec_vectors::NpySpool;
/// let mut spool = NpySpool::new(&std::env::temp_dir(), 2)?;
/// spool.push(&[1.0, 2.0])?;
/// let mut npy = Vec::new();
/// spool.finish(&mut npy)?;
/// assert!(npy.starts_with(b"\x93NUMPY") && npy.len() % 64 == 8); // a padded header, then 2 numbers
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct NpySpool {
    spool: BufWriter<File>,
    columns: usize,
    rows: u64,
}

impl NpySpool {
    /// Takes rows of `columns` numbers, with a temporary file in `folder`.
    ///
    /// # Errors
    /// The system's, if the file cannot be created.
    pub fn new(folder: &Path, columns: usize) -> io::Result<Self> {
        Ok(Self { spool: BufWriter::with_capacity(1 << 18, tempfile::tempfile_in(folder)?), columns, rows: 0 })
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If it does not have `columns` numbers.
    ///
    /// # Errors
    /// The system's; most likely a full disk.
    pub fn push(&mut self, row: &[f32]) -> io::Result<()> {
        assert_eq!(row.len(), self.columns, "numbers in a row");
        self.rows += 1;
        row.iter().try_for_each(|x| self.spool.write_all(&x.to_le_bytes()))
    }

    /// Writes the array, little-endian f32 of shape rows x columns.
    ///
    /// # Errors
    /// Those of `out` and the system.
    pub fn finish(self, out: &mut dyn Write) -> io::Result<()> {
        let mut spool = self.spool.into_inner().map_err(io::IntoInnerError::into_error)?;
        spool.rewind()?;
        out.write_all(&npy_head("<f4", &format!("({}, {})", self.rows, self.columns)))?;
        let bytes = self.rows * 4 * self.columns as u64;
        let copied = io::copy(&mut spool.take(bytes), out)?;
        if copied == bytes { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: &[[f32; 3]]) -> Vec<u8> {
        let mut spool = NpySpool::new(&std::env::temp_dir(), 3).unwrap();
        rows.iter().for_each(|row| spool.push(row).unwrap());
        let mut npy = Vec::new();
        spool.finish(&mut npy).unwrap();
        npy
    }

    #[test]
    fn an_array_is_read_back_as_written() {
        for rows in [&[][..], &[[1.0, -0.5, f32::MIN_POSITIVE]], &[[1.5; 3]; 70_000]] {
            let npy = written(rows);
            let array = npyz::NpyFile::new(&npy[..]).unwrap();
            assert_eq!(array.shape(), [rows.len() as u64, 3]);
            assert_eq!(array.into_vec::<f32>().unwrap(), rows.concat());
        }
    }

    #[test]
    fn a_writer_that_fails_is_an_error() {
        let mut spool = NpySpool::new(&std::env::temp_dir(), 1).unwrap();
        (0..1000).for_each(|_| spool.push(&[1.0]).unwrap());
        assert!(spool.finish(&mut &mut [0; 200][..]).is_err());
        assert!(NpySpool::new(Path::new("/no/such/folder"), 1).is_err());
    }
}
