//! Blocks with each thread's numbers become one text of ids.
//!
//! First every block is rewritten in place with the ids of the vocabulary, without dropped words and without sentences that
//! lost all their words. Now the length of each block is known, and all of them are packed into their final positions.

use super::encode::{Encoded, Outline};
use super::error::CorpusError;
use super::merge::Renumbering;
use super::packed_ids::PackedIds;
use super::spill::{Store, Stored};
use super::word_table::DROPPED;
use crate::error::{Error, Result};
use rapidvec_core::parallel::try_map;
use rapidvec_core::{EOS_ID, WordId, pack, width};
use std::path::PathBuf;
use std::sync::Arc;

/// Rewrites the blocks with the ids of the vocabulary, on `threads` threads.
///
/// # Errors
/// The temporary file fails.
pub(super) fn renumber(
    threads: usize,
    blocks: &mut [Encoded],
    renumberings: Vec<Renumbering>,
    store: &Store,
) -> Result<()> {
    let mut of_thread: Vec<Vec<&mut Encoded>> = renumberings.iter().map(|_| Vec::new()).collect();
    blocks.iter_mut().for_each(|block| of_thread[block.thread].push(block));
    for (Renumbering { last, mut maps }, mut blocks) in renumberings.into_iter().zip(of_thread) {
        let mut ids = last;
        loop {
            let generation = maps.len();
            let (now, earlier) = blocks.into_iter().partition(|block| block.generation == generation);
            try_map(threads, now, |block: &mut Encoded| {
                block.outline = renumber_block(&mut block.ids, &ids, store)?;
                Ok::<_, Error>(())
            })?;
            blocks = earlier;
            let Some(map) = maps.pop() else { break };
            let mut map = store.take(map)?;
            // DROPPED is not an index: a dropped word stays dropped.
            map.iter_mut().for_each(|number| *number = ids.get(*number as usize).copied().unwrap_or(DROPPED));
            ids = map;
        }
    }
    Ok(())
}

/// Rewrites one block. Returns its new outline.
///
/// # Errors
/// The temporary file fails.
pub(super) fn renumber_block(block: &mut Stored, ids: &[WordId], store: &Store) -> Result<Outline> {
    let mut outline = Outline::default();
    store.change(block, |stream| {
        rewrite(stream, ids);
        outline = Outline::of(stream);
    })?;
    Ok(outline)
}

/// Turns numbers into ids. Dropped words disappear, and so does a mark with no word before it; but a mark at the start stays,
/// for the sentence may have begun in an earlier block.
fn rewrite(stream: &mut Vec<u32>, ids: &[WordId]) {
    let mut length = 0;
    for at in 0..stream.len() {
        let number = stream[at];
        let id = match number {
            EOS_ID if length > 0 && stream[length - 1] == EOS_ID => continue,
            EOS_ID => EOS_ID,
            number => match ids[number as usize] {
                DROPPED => continue,
                id => id,
            },
        };
        stream[length] = id;
        length += 1;
    }
    stream.truncate(length);
}

/// A block on its way to its place.
pub(super) struct Part {
    ids: Stored,
    /// Marks at its start that end no sentence: 0 or 1.
    skip: usize,
    /// The ids of its numbers, if they are not the same.
    new: Option<Arc<[WordId]>>,
}

impl Part {
    /// All of a block.
    pub fn whole(ids: Stored) -> Self {
        Self { ids, skip: 0, new: None }
    }

    /// All of a block, whose numbers `i` become `ids[i]`.
    pub fn renumbered(numbers: Stored, ids: Arc<[WordId]>) -> Self {
        Self { ids: numbers, skip: 0, new: Some(ids) }
    }

    fn len(&self) -> usize {
        self.ids.len() - self.skip
    }

    /// Its ids; what they lay in is given back.
    fn take(self, store: &Store) -> Result<Vec<WordId>> {
        let mut ids = store.take(self.ids)?;
        ids.drain(..self.skip);
        if let Some(new) = self.new {
            // A mark is not an index: it stays.
            ids.iter_mut().for_each(|id| *id = new.get(*id as usize).copied().unwrap_or(*id));
        }
        Ok(ids)
    }
}

/// All ids.
pub(super) struct Whole {
    pub ids: PackedIds,
    /// Those that a mark ends.
    pub sentences: u64,
    /// The last sentence has no mark at its end.
    pub is_open: bool,
    /// Bytes of them in a file.
    pub spilled: u64,
}

/// Joins the blocks, in their order, into one text of `words` words, on `threads` threads: in memory if that takes at most
/// `memory` bytes, otherwise in a file in `folder`.
///
/// # Errors
/// The temporary file fails.
pub(super) fn concatenate(
    threads: usize,
    blocks: impl Iterator<Item = (Stored, Outline)>,
    words: usize,
    store: &Store,
    memory: u64,
    folder: PathBuf,
) -> Result<Whole> {
    let (mut is_open, mut sentences) = (false, 0);
    let mut parts = Vec::new();
    for (ids, outline) in blocks {
        let skip = usize::from(outline.begins_with_mark && !is_open);
        if ids.len() > skip {
            is_open = !outline.ends_with_mark;
        }
        sentences += outline.marks - skip as u64;
        parts.push(Part { ids, skip, new: None });
    }
    let (ids, spilled) = pack_parts(threads, parts, words, store, memory, folder)?;
    Ok(Whole { ids, sentences, is_open, spilled })
}

/// Packs blocks one after the other, as [`concatenate`] does. Also returns how many bytes of them are in a file.
///
/// # Errors
/// The temporary file fails.
pub(super) fn pack_parts(
    threads: usize,
    parts: Vec<Part>,
    words: usize,
    store: &Store,
    memory: u64,
    folder: PathBuf,
) -> Result<(PackedIds, u64)> {
    let (total, width): (usize, _) = (parts.iter().map(Part::len).sum(), width(words));
    let bytes = (total as u64).saturating_mul(width as u64);
    if bytes <= memory {
        return Ok((PackedIds::in_memory(in_memory(threads, parts, total * width, width, store)?, width), 0));
    }
    Ok((in_file(threads, parts, total, width, store, folder)?, bytes))
}

fn in_memory(threads: usize, parts: Vec<Part>, bytes: usize, width: usize, store: &Store) -> Result<Vec<u8>> {
    let mut ids = vec![0; bytes];
    let mut rest = &mut ids[..];
    let mut jobs = Vec::with_capacity(parts.len());
    for part in parts {
        let (place, behind) = rest.split_at_mut(part.len() * width);
        rest = behind;
        jobs.push((part, place));
    }
    try_map(threads, jobs, |(part, place)| part.take(store).map(|ids| pack(&ids, width, place)))?;
    Ok(ids)
}

fn in_file(
    threads: usize,
    parts: Vec<Part>,
    total: usize,
    width: usize,
    store: &Store,
    folder: PathBuf,
) -> Result<PackedIds> {
    let target = Store::new(0, folder.clone());
    let (file, mut offset) = target.reserve((total * width) as u64)?;
    let mut jobs = Vec::with_capacity(parts.len());
    for part in parts {
        let place = offset;
        offset += (part.len() * width) as u64;
        jobs.push((part, place));
    }
    try_map(threads, jobs, |(part, place)| target.write(&file, &part.take(store)?, width, place))?;
    drop(target); // no other handle to the file is left
    let mapped = PackedIds::mapped(file, total, width);
    mapped.map_err(|source| CorpusError::Temporary { folder, reason: source.to_string() }.into())
}
