//! Limits on decompression, and errors that say which limit was exceeded.

use super::Compression;
use std::io::{self, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Compressed bytes read at a time.
const BUFFER_BYTES: usize = 128 << 10;

/// The maximum output of a compressed stream, and the maximum memory for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The widest window in bytes, a power of two.
    pub window: u32,
    /// The output that is always allowed, in bytes.
    pub free_bytes: u64,
    /// Beyond that, the output in bytes that is allowed for each compressed byte.
    pub max_ratio: u64,
}

impl Limits {
    /// The widest window that is ever used: that of `zstd --long=27`, twice that of `xz -9`.
    pub const MAX_WINDOW: u32 = 128 << 20;

    /// For a corpus. 256 MB are always allowed: gzip never exceeds 1032:1, but bzip2, zstd and xz do, for example with logs that
    /// repeat one line all day. Other text is 3 to 20 times as long as its compressed form.
    pub const CORPUS: Self = Self { window: Self::MAX_WINDOW, free_bytes: 256 << 20, max_ratio: 1_000 };

    /// For lists of words or questions, which are shorter.
    pub const LIST: Self = Self { free_bytes: 16 << 20, ..Self::CORPUS };

    /// At most `bytes` bytes.
    pub fn total(bytes: u64) -> Self {
        Self { window: Self::MAX_WINDOW, free_bytes: bytes, max_ratio: 0 }
    }

    fn allow(&self, packed: u64, unpacked: u64) -> bool {
        unpacked <= self.free_bytes || self.max_ratio > 0 && unpacked / self.max_ratio <= packed
    }
}

/// Why a compressed stream was not read to its end. Readers fail with it inside an [`io::Error`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecompressError {
    /// This program was built without the decoder.
    #[error(
        "this build cannot read or write {format}; build it with the feature `{format}`, or use another compression"
    )]
    NotBuiltIn {
        /// The format, which is also the name of the feature.
        format: &'static str,
    },
    /// The stream needs a wider window than is allowed.
    #[error(
        "expected {format} data with a window of at most {limit} MB, got a wider one; decompress it yourself, or \
         compress it with a smaller window (without `--long`, `--ultra` or `dict=`)"
    )]
    Window {
        /// The format.
        format: &'static str,
        /// Megabytes that are allowed.
        limit: u32,
    },
    /// The stream decompresses to more than is allowed.
    #[error(
        "refusing to decompress {format} beyond {limit}:1 (possible decompression bomb: {packed} bytes became {unpacked}); \
         decompress it yourself if you trust it"
    )]
    Ratio {
        /// The format.
        format: &'static str,
        /// Compressed bytes read.
        packed: u64,
        /// Bytes decompressed from them.
        unpacked: u64,
        /// The ratio that is allowed.
        limit: u64,
    },
    /// The stream ends too early.
    #[error("its {format} data is cut short after {unpacked} decompressed bytes; restore it from its source")]
    CutShort {
        /// The format.
        format: &'static str,
        /// Bytes decompressed so far.
        unpacked: u64,
    },
    /// The stream contradicts its format or its checksum.
    #[error("its {format} data is damaged after {unpacked} decompressed bytes ({reason}); restore it from its source")]
    Damaged {
        /// The format.
        format: &'static str,
        /// Bytes decompressed so far.
        unpacked: u64,
        /// What the decoder reported.
        reason: String,
    },
}

impl DecompressError {
    /// The reason inside `error`, if a reader of this module failed with it.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<DecompressError> for io::Error {
    fn from(error: DecompressError) -> Self {
        let kind = match error {
            DecompressError::CutShort { .. } => ErrorKind::UnexpectedEof,
            DecompressError::NotBuiltIn { .. } => ErrorKind::Unsupported,
            _ => ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

/// What a guard knows about the reader below its decoder.
#[derive(Default)]
struct Source {
    bytes: AtomicU64,
    failed: AtomicBool,
}

/// The reader below a decoder.
pub(super) struct Counted<R> {
    reader: R,
    source: Arc<Source>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = self.reader.read(buffer);
        match &result {
            Ok(length) => self.source.bytes.fetch_add(*length as u64, Ordering::Relaxed),
            Err(error) if error.kind() == ErrorKind::Interrupted => 0,
            Err(_) => u64::from(self.source.failed.swap(true, Ordering::Relaxed)),
        };
        result
    }
}

/// A decoder that enforces limits and fails with [`DecompressError`].
pub(super) struct Guard<R> {
    decoder: R,
    format: Compression,
    limits: Limits,
    source: Arc<Source>,
    unpacked: u64,
}

impl<R> Guard<R> {
    /// Wraps the decoder that `decoder` makes of a reader of `packed`.
    pub fn new<P>(
        packed: P,
        format: Compression,
        limits: Limits,
        decoder: impl FnOnce(BufReader<Counted<P>>) -> io::Result<R>,
    ) -> io::Result<Self>
    where
        P: Read,
    {
        let source = Arc::<Source>::default();
        let counted = Counted { reader: packed, source: Arc::clone(&source) };
        let decoder = decoder(BufReader::with_capacity(BUFFER_BYTES, counted))?;
        Ok(Self { decoder, format, limits, source, unpacked: 0 })
    }

    fn explain(&self, error: io::Error) -> io::Error {
        let (format, unpacked) = (self.format.name(), self.unpacked);
        if self.format.is_wide_window(&error) {
            return DecompressError::Window { format, limit: self.limits.window >> 20 }.into();
        }
        match error.kind() {
            ErrorKind::Interrupted => error,
            _ if self.source.failed.load(Ordering::Relaxed) => error,
            ErrorKind::UnexpectedEof => DecompressError::CutShort { format, unpacked }.into(),
            _ => DecompressError::Damaged { format, unpacked, reason: error.to_string() }.into(),
        }
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.decoder.read(buffer).map_err(|error| self.explain(error))?;
        self.unpacked += length as u64;
        let (packed, unpacked) = (self.source.bytes.load(Ordering::Relaxed), self.unpacked);
        if self.limits.allow(packed, unpacked) {
            return Ok(length);
        }
        let (format, limit) = (self.format.name(), self.limits.max_ratio);
        Err(DecompressError::Ratio { format, packed, unpacked, limit }.into())
    }
}
