//! What a run keeps on the card: both matrices, the tables, the shaders, and buffers for the batches in progress.

use super::batch::{BLOCK_IDS, BLOCK_SEGMENTS, Batch, plan_bytes};
use super::shape::Shape;
use super::source;
use super::tables;
use crate::device::{Bindings, Device, DeviceBuffer, DeviceRows, GpuError, Kernel, Mailbox, Sent};
use rapidvec::{BlockStats, Sampling};
use rapidvec_core::Matrix;

/// Batches on the card at a time: while one is trained the next one is sent.
pub const BATCHES: usize = 2;

/// Segments of a batch for each workgroup, and ids for each segment, about.
const SEGMENTS_EACH: usize = 4;
const IDS_EACH: usize = 2048;

/// Bytes of an id, of a limit of subsampling, and of an entry of the alias table.
const TABLE_BYTES: usize = 4 + 8;

/// What a run keeps on the card.
#[derive(Debug)]
pub struct Card {
    pub device: Device,
    shape: Shape,
    /// Workgroups at a time: each has one window in flight.
    groups: usize,
    /// Ids of the corpus.
    corpus: usize,
    w_in: DeviceRows,
    w_out: DeviceRows,
    keep: DeviceBuffer,
    compact: Kernel,
    train: Kernel,
    alias: DeviceBuffer,
    slots: Vec<Slot>,
}

/// The buffers of a batch.
#[derive(Debug)]
struct Slot {
    plan: DeviceBuffer,
    ids: DeviceBuffer,
    results: DeviceBuffer,
    mailbox: Mailbox,
    for_compact: Bindings,
    for_train: Bindings,
}

/// How large a batch is.
#[derive(Debug, Clone, Copy)]
pub struct BatchSize {
    pub segments: usize,
    pub ids: usize,
}

impl BatchSize {
    /// For this many workgroups at a time and a corpus of this many ids.
    pub fn new(groups: usize, corpus: usize) -> Self {
        let most = corpus.div_ceil(IDS_EACH).max(1);
        let segments = groups.saturating_mul(SEGMENTS_EACH).min(most);
        Self { segments, ids: segments * IDS_EACH }
    }

    /// What buffers have to hold: a batch has at least one block.
    fn capacity(self) -> Self {
        Self { segments: self.segments + BLOCK_SEGMENTS, ids: self.ids + BLOCK_IDS }
    }
}

impl Card {
    /// Prepares `device` for training.
    ///
    /// # Errors
    /// [`GpuError::OutOfMemory`] before anything is allocated; otherwise as [`Device::zeros`] and [`Device::kernel`].
    pub fn new(
        device: Device,
        shape: Shape,
        groups: usize,
        corpus: usize,
        sampling: &Sampling,
    ) -> Result<Self, GpuError> {
        let (rows, cols) = (shape.words, shape.vector_size);
        let size = BatchSize::new(groups, corpus).capacity();
        check_bindings(&device, &shape)?;
        device.check_memory(Self::bytes(&shape, size))?;
        let w_in = DeviceRows::zeros(&device, "the input vectors", rows, cols)?;
        let w_out = DeviceRows::zeros(&device, "the output vectors", rows, cols)?;
        let keep = device.buffer("the limits of subsampling", &tables::keep(sampling, rows))?;
        let alias = device.buffer("the table of negatives", &tables::alias(sampling))?;
        let compact = device.kernel("compact", &source::compact(&shape), &[])?;
        let train = device.kernel("train", &source::train(&shape, &w_in, &w_out), &[])?;
        let mut card =
            Self { device, shape, groups, corpus, w_in, w_out, keep, compact, train, alias, slots: Vec::new() };
        card.set_groups(groups)?;
        Ok(card)
    }

    /// Runs this many workgroups at a time.
    ///
    /// # Errors
    /// [`GpuError::NoRoom`].
    pub fn set_groups(&mut self, groups: usize) -> Result<(), GpuError> {
        let size = BatchSize::new(groups, self.corpus).capacity();
        self.slots = (0..BATCHES).map(|_| self.slot(size)).collect::<Result<_, _>>()?;
        self.groups = groups;
        Ok(())
    }

    /// Whether context rows are in workgroup memory.
    pub fn has_ring(&self) -> bool {
        self.shape.has_ring()
    }

    /// Bytes that a run takes on the card.
    fn bytes(shape: &Shape, size: BatchSize) -> u64 {
        let matrices = 2 * DeviceRows::bytes_of(shape.words, shape.vector_size);
        let batch = plan_bytes(size.segments) + 2 * size.ids as u64 * 4 + 2 * results_bytes(shape, size.segments);
        matrices + (shape.words * TABLE_BYTES) as u64 + BATCHES as u64 * batch
    }

    fn slot(&self, size: BatchSize) -> Result<Slot, GpuError> {
        let (device, results_bytes) = (&self.device, results_bytes(&self.shape, size.segments));
        let (id_bytes, counts) = ((size.ids * 4) as u64, (size.segments * 4) as u64);
        let plan = device.zeros("segments", plan_bytes(size.segments))?;
        let ids = device.zeros("ids", id_bytes)?;
        let kept = device.zeros("ids", id_bytes)?;
        let kept_counts = device.zeros("counts", counts)?;
        let results = device.zeros("losses", results_bytes)?;
        let for_compact = self.compact.bind(device, &[&plan, &ids, &self.keep, &kept, &kept_counts]);
        let mut buffers = vec![&plan, &kept, &kept_counts, &self.alias, &results];
        buffers.extend(self.w_in.parts().chain(self.w_out.parts()));
        let for_train = self.train.bind(device, &buffers);
        let mailbox = device.mailbox(results_bytes)?;
        Ok(Slot { plan, ids, results, mailbox, for_compact, for_train })
    }

    /// Overwrites both matrices and the table of frozen words.
    ///
    /// # Errors
    /// [`GpuError::Lost`], [`GpuError::Failed`].
    pub fn upload(&self, input: &Matrix, output: &Matrix, sampling: &Sampling) -> Result<(), GpuError> {
        self.w_in.upload(&self.device, input)?;
        self.w_out.upload(&self.device, output)?;
        self.device.write(&self.keep, 0, &tables::keep(sampling, self.shape.words))
    }

    /// Copies both matrices back.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub fn download(&self, input: &mut Matrix, output: &mut Matrix) -> Result<(), GpuError> {
        self.w_in.download(&self.device, input)?;
        self.w_out.download(&self.device, output)
    }

    /// Workgroups at a time.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Begins to train a batch with the buffers of slot `slot`.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub fn begin(&self, slot: usize, batch: &Batch) -> Result<Sent, GpuError> {
        let slot = &self.slots[slot];
        self.device.write(&slot.plan, 0, &batch.plan)?;
        self.device.write(&slot.ids, 0, &batch.ids)?;
        let segments = batch.segments();
        let groups = segments.min(self.groups) as u32;
        let record = |pass: &mut wgpu::ComputePass| {
            self.compact.run(pass, &slot.for_compact, segments.min(MOST_WORKGROUPS) as u32);
            for dispatch in 0..batch.longest().div_ceil(self.shape.budget).max(1) {
                self.train.run_numbered(pass, &slot.for_train, groups, dispatch as u32);
            }
        };
        let bytes = results_bytes(&self.shape, segments.max(1));
        Ok(self.device.submit_and_send(record, &slot.results, bytes, &slot.mailbox))
    }

    /// The results of the batch in slot `slot`, block by block, once it is done.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub fn end(&self, slot: usize, sent: Sent, blocks: &[(u64, usize)]) -> Result<Vec<BlockStats>, GpuError> {
        let numbers: Vec<u32> = self.device.receive(&self.slots[slot].mailbox, sent)?;
        let mut segments = numbers.chunks_exact(self.shape.threads + RESULTS_HEAD);
        let stats = blocks.iter().map(|&(words, count)| {
            let mut stats = BlockStats { words, ..BlockStats::default() };
            segments.by_ref().take(count).for_each(|segment| stats.add(segment_stats(segment)));
            stats
        });
        Ok(stats.collect())
    }
}

/// Pairs and words kept come before the losses of the threads.
const RESULTS_HEAD: usize = 2;

/// The most workgroups that every adapter can start at once.
const MOST_WORKGROUPS: usize = 65_535;

/// The losses of the threads are summed in f64.
fn segment_stats(results: &[u32]) -> BlockStats {
    let (head, losses) = results.split_at(RESULTS_HEAD);
    let loss = losses.iter().map(|&bits| f64::from(f32::from_bits(bits))).sum();
    BlockStats { words: 0, kept: head[1].into(), pairs: head[0].into(), loss }
}

fn results_bytes(shape: &Shape, segments: usize) -> u64 {
    (segments * (shape.threads + RESULTS_HEAD) * size_of::<u32>()) as u64
}

/// Refuses matrices in more parts than a shader can use, and tables larger than a buffer can be.
fn check_bindings(device: &Device, shape: &Shape) -> Result<(), GpuError> {
    let adapter = device.adapter();
    let parts = 2 * DeviceRows::parts_of(shape.words, shape.vector_size, adapter.max_binding);
    let limit = adapter.max_bindings.saturating_sub(source::FIRST_ROWS);
    if parts > limit {
        let what = "training".to_owned();
        return Err(GpuError::TooManyParts { adapter: adapter.to_string(), what, parts, limit });
    }
    if shape.words as u64 * 8 > adapter.max_binding {
        return Err(GpuError::Unsupported { what: format!("{} words on {adapter}", shape.words) });
    }
    Ok(())
}
