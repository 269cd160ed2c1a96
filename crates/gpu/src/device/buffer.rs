//! Numbers on the device. They go there and back in pieces, so that the copies in between stay small.

use super::error::GpuError;
use super::open::Device;
use super::ready::ready;
use bytemuck::Pod;
use std::ops::Range;
use std::sync::mpsc;

/// Bytes of a piece: whole numbers of any size.
const PIECE: usize = 16 << 20;

/// Numbers on the device.
#[derive(Debug)]
pub struct DeviceBuffer {
    pub(super) buffer: wgpu::Buffer,
    /// Bytes that hold numbers.
    bytes: u64,
}

impl DeviceBuffer {
    /// Its size in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Device {
    /// A buffer of `bytes` zero bytes, a multiple of 4; `what` it holds is said in errors.
    ///
    /// # Errors
    /// [`GpuError::NoRoom`] if the device has no memory left for it.
    pub fn zeros(&self, what: &str, bytes: u64) -> Result<DeviceBuffer, GpuError> {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        let buffer = self.allocate(what, bytes, usage)?;
        Ok(DeviceBuffer { buffer, bytes })
    }

    /// A buffer that holds `numbers`.
    ///
    /// # Errors
    /// As [`zeros`](Self::zeros).
    pub fn buffer<T: Pod>(&self, what: &str, numbers: &[T]) -> Result<DeviceBuffer, GpuError> {
        let buffer = self.zeros(what, size_of_val(numbers) as u64)?;
        self.write(&buffer, 0, numbers)?;
        Ok(buffer)
    }

    /// An empty buffer cannot be bound, so there is always room for 16 bytes.
    fn allocate(&self, what: &str, bytes: u64, usage: wgpu::BufferUsages) -> Result<wgpu::Buffer, GpuError> {
        let no_room = || GpuError::NoRoom { adapter: self.adapter().to_string(), what: what.to_owned(), bytes };
        if bytes > self.device.limits().max_buffer_size {
            return Err(no_room());
        }
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let size = bytes.max(16);
        let buffer =
            self.device.create_buffer(&wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false });
        match ready(memory.pop()) {
            Some(_) => Err(no_room()),
            None => Ok(buffer),
        }
    }

    /// Overwrites the numbers from byte `offset` on; commands sent before still see the old ones.
    ///
    /// # Errors
    /// [`GpuError::Lost`], [`GpuError::Failed`].
    pub fn write<T: Pod>(&self, buffer: &DeviceBuffer, offset: u64, numbers: &[T]) -> Result<(), GpuError> {
        let bytes: &[u8] = bytemuck::cast_slice(numbers);
        for (i, piece) in bytes.chunks(PIECE).enumerate() {
            self.queue.write_buffer(&buffer.buffer, offset + (i * PIECE) as u64, piece);
            if bytes.len() > PIECE {
                // Otherwise all pieces would wait in memory.
                self.wait_for(self.queue.submit([]))?;
            }
        }
        self.check()
    }

    /// Copies one buffer to another of the same size, and waits until that is done.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn copy(&self, from: &DeviceBuffer, to: &DeviceBuffer) -> Result<(), GpuError> {
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_buffer_to_buffer(&from.buffer, 0, &to.buffer, 0, from.bytes);
        self.wait_for(self.queue.submit([encoder.finish()]))
    }

    /// All numbers of a buffer, after everything sent is done.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn read<T: Pod>(&self, buffer: &DeviceBuffer) -> Result<Vec<T>, GpuError> {
        self.read_range(buffer, 0..buffer.bytes)
    }

    /// The numbers in these bytes of a buffer, after everything sent is done.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn read_range<T: Pod>(&self, buffer: &DeviceBuffer, bytes: Range<u64>) -> Result<Vec<T>, GpuError> {
        let mut numbers = Vec::with_capacity((bytes.end - bytes.start) as usize / size_of::<T>());
        self.read_pieces(buffer, bytes, |piece| numbers.extend(bytemuck::pod_collect_to_vec::<u8, T>(piece)))?;
        Ok(numbers)
    }

    /// Passes these bytes of a buffer to `take`, piece by piece.
    pub(super) fn read_pieces(
        &self,
        buffer: &DeviceBuffer,
        bytes: Range<u64>,
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), GpuError> {
        let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let size = (bytes.end - bytes.start).min(PIECE as u64);
        let staging = self.allocate("a copy", size, usage)?;
        let mut at = bytes.start;
        while at < bytes.end {
            let piece = size.min(bytes.end - at);
            let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            encoder.copy_buffer_to_buffer(&buffer.buffer, at, &staging, 0, piece);
            self.queue.submit([encoder.finish()]);
            self.mapped(&staging, piece, &mut take)?;
            at += piece;
        }
        Ok(())
    }

    /// Passes the first `bytes` of a mappable buffer to `take`.
    fn mapped(&self, staging: &wgpu::Buffer, bytes: u64, take: &mut impl FnMut(&[u8])) -> Result<(), GpuError> {
        self.map(staging, bytes, || self.wait(), take)
    }

    fn map(
        &self,
        staging: &wgpu::Buffer,
        bytes: u64,
        wait: impl FnOnce() -> Result<(), GpuError>,
        take: &mut impl FnMut(&[u8]),
    ) -> Result<(), GpuError> {
        let (done, result) = mpsc::channel();
        // Nobody listens any more if waiting failed.
        staging.map_async(wgpu::MapMode::Read, 0..bytes, move |mapped| drop(done.send(mapped)));
        wait()?;
        result.recv().map_err(|error| self.faults.lost(error))?.map_err(|error| self.faults.lost(error))?;
        let view = staging.get_mapped_range(0..bytes).map_err(|error| self.faults.lost(error))?;
        take(&view);
        drop(view);
        staging.unmap();
        Ok(())
    }

    /// Memory for results of at most `bytes`, on their way from the device.
    ///
    /// # Errors
    /// As [`zeros`](Self::zeros).
    pub fn mailbox(&self, bytes: u64) -> Result<Mailbox, GpuError> {
        let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        Ok(Mailbox { staging: self.allocate("results", bytes, usage)? })
    }

    /// As [`submit`](Self::submit); afterwards the first `bytes` of `results` are copied to `mailbox`, to be
    /// [`received`](Self::receive).
    pub fn submit_and_send(
        &self,
        record: impl FnOnce(&mut wgpu::ComputePass),
        results: &DeviceBuffer,
        bytes: u64,
        mailbox: &Mailbox,
    ) -> Sent {
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        record(&mut encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default()));
        encoder.copy_buffer_to_buffer(&results.buffer, 0, &mailbox.staging, 0, bytes);
        Sent { submission: self.queue.submit([encoder.finish()]), bytes }
    }

    /// The results of a submission, once it is done; later ones may still run.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn receive<T: Pod>(&self, mailbox: &Mailbox, sent: Sent) -> Result<Vec<T>, GpuError> {
        let Sent { submission, bytes } = sent;
        let mut numbers = Vec::new();
        let mut take = |piece: &[u8]| numbers = bytemuck::pod_collect_to_vec::<u8, T>(piece);
        self.map(&mailbox.staging, bytes, || self.wait_for(submission), &mut take)?;
        Ok(numbers)
    }
}

/// Memory that results are copied to.
#[derive(Debug)]
pub struct Mailbox {
    staging: wgpu::Buffer,
}

/// Results on their way.
#[derive(Debug)]
pub struct Sent {
    submission: wgpu::SubmissionIndex,
    bytes: u64,
}
