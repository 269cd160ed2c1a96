//! A matrix on the device, in as many buffers as its binding limit demands. A row is never divided between two.
//!
//! A row of D numbers takes `ceil(D / 4)` vectors of four, the last one padded with zeros. Shaders read and write it by the
//! functions that [`DeviceRows::wgsl`] defines; with one buffer they are a plain array access.

use super::buffer::DeviceBuffer;
use super::error::GpuError;
use super::open::Device;
use rapidvec_core::Matrix;
use std::fmt::Write;

/// Bytes of four numbers.
const QUAD: usize = 16;

/// Rows that are packed at a time on their way to the device and back.
const BATCH_BYTES: usize = 16 << 20;

/// A matrix on the device.
#[derive(Debug)]
pub struct DeviceRows {
    rows: usize,
    cols: usize,
    rows_per_part: usize,
    parts: Vec<DeviceBuffer>,
}

impl DeviceRows {
    /// A matrix of zeros; `what` it is is said in errors.
    ///
    /// # Errors
    /// [`GpuError::NoRoom`].
    pub fn zeros(device: &Device, what: &str, rows: usize, cols: usize) -> Result<Self, GpuError> {
        Self::in_parts(device, what, rows, cols, device.adapter().max_binding)
    }

    /// As [`zeros`](Self::zeros), in buffers of at most `largest` bytes.
    pub(super) fn in_parts(
        device: &Device,
        what: &str,
        rows: usize,
        cols: usize,
        largest: u64,
    ) -> Result<Self, GpuError> {
        let rows_per_part = Self::rows_per_part(cols, largest);
        let size = |part: usize| (rows - part * rows_per_part).min(rows_per_part) * Self::quads_of(cols) * QUAD;
        let parts = (0..Self::parts_of(rows, cols, largest)).map(|part| device.zeros(what, size(part) as u64));
        Ok(Self { rows, cols, rows_per_part, parts: parts.collect::<Result<_, _>>()? })
    }

    /// How many buffers of at most `largest` bytes a matrix takes.
    pub fn parts_of(rows: usize, cols: usize, largest: u64) -> usize {
        rows.div_ceil(Self::rows_per_part(cols, largest)).max(1)
    }

    fn rows_per_part(cols: usize, largest: u64) -> usize {
        ((largest / (Self::quads_of(cols) * QUAD) as u64) as usize).max(1)
    }

    fn quads_of(cols: usize) -> usize {
        cols.div_ceil(4)
    }

    /// Bytes that a matrix takes.
    pub fn bytes_of(rows: usize, cols: usize) -> u64 {
        (rows * Self::quads_of(cols) * QUAD) as u64
    }

    /// Vectors of four numbers in a row.
    pub fn quads(&self) -> usize {
        Self::quads_of(self.cols)
    }

    /// Its buffers, in order.
    pub fn parts(&self) -> impl Iterator<Item = &DeviceBuffer> {
        self.parts.iter()
    }

    /// WGSL that binds the buffers to group 0 from `first` on and defines `load_NAME(row, quad)` and
    /// `store_NAME(row, quad, numbers)`.
    pub fn wgsl(&self, name: &str, first: usize) -> String {
        let (parts, quads, rows) = (self.parts.len(), self.quads(), self.rows_per_part);
        let mut text = String::new();
        // Writing to a string cannot fail.
        for part in 0..parts {
            let binding = first + part;
            let _ = writeln!(
                text,
                "@group(0) @binding({binding}) var<storage, read_write> {name}_{part}: array<vec4<f32>>;"
            );
        }
        let each = |case: &dyn Fn(usize) -> String| -> String {
            let cases = (1..parts).map(|part| {
                let from = part * rows;
                format!("if (row >= {from}u) {{ let at = (row - {from}u) * {quads}u + quad; {} }}\n", case(part))
            });
            let others: String = cases.rev().collect();
            format!("{others}let at = row * {quads}u + quad; {}", case(0))
        };
        let load = each(&|part| format!("return {name}_{part}[at];"));
        let store = each(&|part| format!("{name}_{part}[at] = numbers; return;"));
        let _ = writeln!(text, "fn load_{name}(row: u32, quad: u32) -> vec4<f32> {{\n{load}\n}}");
        let _ = writeln!(text, "fn store_{name}(row: u32, quad: u32, numbers: vec4<f32>) {{\n{store}\n}}");
        text
    }

    /// Overwrites it.
    ///
    /// # Errors
    /// [`GpuError::Lost`], [`GpuError::Failed`].
    ///
    /// # Panics
    /// If `matrix` has another size.
    pub fn upload(&self, device: &Device, matrix: &Matrix) -> Result<(), GpuError> {
        assert_eq!((matrix.rows(), matrix.cols()), (self.rows, self.cols), "rows and columns");
        let batch = self.batch();
        let mut numbers = Vec::with_capacity(batch * self.quads() * 4);
        for (part, buffer) in self.parts.iter().enumerate() {
            let rows = part * self.rows_per_part..((part + 1) * self.rows_per_part).min(self.rows);
            let mut offset = 0;
            for first in rows.clone().step_by(batch) {
                numbers.clear();
                for row in first..(first + batch).min(rows.end) {
                    matrix.push_row(row, &mut numbers);
                    numbers.resize(numbers.len().next_multiple_of(4), 0.0);
                }
                device.write(buffer, offset, &numbers)?;
                device.wait()?;
                offset += size_of_val(&numbers[..]) as u64;
            }
        }
        Ok(())
    }

    /// Copies it to `matrix`, after everything sent is done.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    ///
    /// # Panics
    /// If `matrix` has another size.
    pub fn download(&self, device: &Device, matrix: &mut Matrix) -> Result<(), GpuError> {
        assert_eq!((matrix.rows(), matrix.cols()), (self.rows, self.cols), "rows and columns");
        let (width, mut row) = (self.quads() * QUAD, 0);
        for buffer in &self.parts {
            let batch = (self.batch() * width) as u64;
            let mut at = 0;
            while at < buffer.bytes() {
                let end = (at + batch).min(buffer.bytes());
                let numbers: Vec<f32> = device.read_range(buffer, at..end)?;
                for padded in numbers.chunks_exact(width / size_of::<f32>()) {
                    matrix.set_row(row, &padded[..self.cols]);
                    row += 1;
                }
                at = end;
            }
        }
        Ok(())
    }

    fn batch(&self) -> usize {
        (BATCH_BYTES / (self.quads().max(1) * QUAD)).max(1)
    }
}
