//! An opened adapter: commands go to it, and its errors come back.

use super::adapter::Adapter;
use super::error::GpuError;
use super::faults::Faults;
use super::ready::ready;

const MEGABYTE: u64 = 1_000_000;

/// An opened adapter.
///
/// ```no_run
/// use rapidvec_gpu::Device;
///
/// let device = Device::open()?;
/// let kernel = device.kernel("double", "@group(0) @binding(0) var<storage, read_write> x: array<f32>;
///     @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
///         if (id.x < arrayLength(&x)) { x[id.x] *= 2.0; }
///     }", &[])?;
/// let numbers = device.buffer("numbers", &[1.0f32, 2.0, 3.0])?;
/// let bindings = kernel.bind(&device, &[&numbers]);
/// device.submit(|pass| kernel.run(pass, &bindings, 1));
/// assert_eq!(device.read::<f32>(&numbers)?, [2.0, 4.0, 6.0]);
/// # Ok::<(), rapidvec_gpu::GpuError>(())
/// ```
#[derive(Debug)]
pub struct Device {
    adapter: Adapter,
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    pub(super) faults: Faults,
}

impl Device {
    /// Opens the adapter that the environment variable `RAPIDVEC_ADAPTER` asks for, by number or part of its name; the
    /// first of [`adapters`](super::adapters) where it is not set.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`], [`GpuError::NoSuchAdapter`], [`GpuError::Open`].
    pub fn open() -> Result<Self, GpuError> {
        Self::of(Adapter::chosen()?)
    }

    /// Opens this adapter.
    ///
    /// # Errors
    /// [`GpuError::Open`].
    pub fn of(adapter: Adapter) -> Result<Self, GpuError> {
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("rapidvec"),
            required_limits: adapter.handle.limits(), // all there is: matrices are large
            ..Default::default()
        };
        let opened = ready(adapter.handle.request_device(&descriptor));
        let (device, queue) =
            opened.map_err(|error| GpuError::Open { adapter: adapter.to_string(), reason: error.to_string() })?;
        let faults = Faults::of(&device, &adapter.to_string());
        Ok(Self { adapter, device, queue, faults })
    }

    /// What was opened.
    pub fn adapter(&self) -> &Adapter {
        &self.adapter
    }

    /// Refuses to go on if `needed` bytes exceed the adapter's memory. Passes where that is not known.
    ///
    /// # Errors
    /// [`GpuError::OutOfMemory`].
    pub fn check_memory(&self, needed: u64) -> Result<(), GpuError> {
        match self.adapter.memory {
            Some(available) if needed > available => Err(GpuError::OutOfMemory {
                adapter: self.adapter.to_string(),
                needed: needed.div_ceil(MEGABYTE),
                available: available / MEGABYTE,
            }),
            _ => Ok(()),
        }
    }

    /// Sends commands to the device. They run after those sent before; errors are found by [`wait`](Self::wait).
    pub fn submit(&self, record: impl FnOnce(&mut wgpu::ComputePass)) -> wgpu::SubmissionIndex {
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        record(&mut encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default()));
        self.queue.submit([encoder.finish()])
    }

    /// Waits until everything sent is done.
    ///
    /// # Errors
    /// [`GpuError::Lost`], [`GpuError::Failed`]: anything that went wrong since the device was opened.
    pub fn wait(&self) -> Result<(), GpuError> {
        self.poll(wgpu::PollType::wait_indefinitely())
    }

    /// Waits until the commands of one submission are done.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn wait_for(&self, submission: wgpu::SubmissionIndex) -> Result<(), GpuError> {
        self.poll(wgpu::PollType::Wait { submission_index: Some(submission), timeout: None })
    }

    fn poll(&self, how: wgpu::PollType) -> Result<(), GpuError> {
        let polled = self.device.poll(how);
        self.faults.check()?; // it says more
        polled.map(drop).map_err(|error| self.faults.lost(error))
    }

    /// Whether anything went wrong so far.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn check(&self) -> Result<(), GpuError> {
        self.faults.check()
    }
}
