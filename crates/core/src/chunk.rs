//! Sixteen numbers in one cache line, the unit of rows of matrices.

/// Numbers in a [`Chunk`].
pub const LANES: usize = 16;

/// Chunks in a panel: a group of columns whose part of a dot product is summed separately.
///
/// A dot product is defined as the sum over panels, in order. Threads own whole panels, so the result does not depend on
/// the number of threads.
pub const PANEL_CHUNKS: usize = 2;

/// Sixteen numbers in one cache line.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Chunk(pub [f32; LANES]);

impl Chunk {
    /// Sixteen zeros.
    pub const ZERO: Chunk = Chunk([0.0; LANES]);
}

/// The number of panels in a row of `chunks` chunks.
pub fn panels(chunks: usize) -> usize {
    chunks.div_ceil(PANEL_CHUNKS)
}
