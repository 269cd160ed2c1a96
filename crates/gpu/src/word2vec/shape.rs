//! The sizes a shader is compiled for, and whether the context rows of a window fit into workgroup memory.

use crate::device::{Adapter, AdapterKind, GpuError};
use rapidvec::Config;
use rapidvec::config::{ContextSum, ModelKind};

/// The longest vectors.
pub const MAX_VECTOR_SIZE: usize = 1024;

/// Contexts of a window that skip-gram updates in one step, as on the CPU. A wider window takes several.
const MAX_CONTEXTS: usize = 16;

/// Scores of a step that are kept at a time where rows are in the card's memory.
const MAX_STEPS: usize = 2048;

/// Threads of a workgroup: those of a processor that executes 32 or 64 at a time, and of programs that execute 8.
const THREADS: std::ops::RangeInclusive<usize> = 32..=128;
const SOFTWARE_THREADS: usize = 32;

/// Words of a segment in a dispatch that are worth its start.
const LEAST_BUDGET: usize = 8;

/// The sizes a shader is compiled for.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Skip-gram or CBOW.
    pub model: ModelKind,
    /// CBOW: whether the context is summed instead of averaged.
    pub is_sum: bool,
    /// Words in the vocabulary.
    pub words: usize,
    /// Numbers per vector.
    pub vector_size: usize,
    /// Vectors of four numbers in a row.
    pub quads: usize,
    /// Quads from one row to the next in workgroup memory: odd, so that threads that read different rows use different banks.
    pub pitch: usize,
    /// The maximum number of words on each side.
    pub window: usize,
    /// Whether the width of each window is drawn.
    pub is_dynamic: bool,
    /// Output rows of a window: the center's and those of the negatives.
    pub targets: usize,
    /// Threads of a workgroup.
    pub threads: usize,
    /// Context rows in workgroup memory; 0 if they do not fit.
    pub slots: usize,
    /// Contexts in a step of skip-gram where they are not in workgroup memory.
    pub chunk: usize,
    /// Threads that share a dot product of CBOW.
    pub parts: usize,
    /// Words of a segment that a dispatch trains.
    pub budget: usize,
}

impl Shape {
    /// For training as `config` says with `negatives` for each target, on this adapter.
    ///
    /// # Errors
    /// [`GpuError::Unsupported`].
    pub fn new(config: &Config, words: usize, negatives: usize, adapter: &Adapter) -> Result<Self, GpuError> {
        check(config, words)?;
        let threads = match adapter.kind {
            AdapterKind::Software => SOFTWARE_THREADS,
            _ => config.vector_size.div_ceil(4).next_multiple_of(32).clamp(*THREADS.start(), *THREADS.end()),
        };
        let mut shape = Self::with_memory(config, words, negatives, threads, adapter.max_workgroup_memory);
        if let Some(most) = adapter.kind.max_iterations() {
            shape.limit_iterations(most);
        }
        match shape.budget < LEAST_BUDGET {
            true => Err(GpuError::Unsupported { what: format!("{negatives} negatives on {adapter}") }),
            false => Ok(shape),
        }
    }

    /// Trains so few words in a dispatch that no thread needs more iterations of loops.
    pub fn limit_iterations(&mut self, most: usize) {
        let fits = |budget: &usize| budget * self.iterations(*budget) <= most;
        self.budget = (1..=4096).rev().find(fits).unwrap_or(0);
    }

    /// Iterations that a thread needs for a window within this many words, at most.
    fn iterations(&self, words: usize) -> usize {
        let (contexts, each) = (self.window.saturating_mul(2).min(words), |n: usize| n.div_ceil(self.threads));
        let (columns, targets) = (each(self.quads), self.targets);
        let draws = each(targets) * (targets + 9);
        let rows = columns * (targets + 8);
        let steps = match self.model {
            ModelKind::SkipGram => {
                let chunk = if self.has_ring() { contexts } else { self.chunk };
                let chunks = contexts.div_ceil(chunk.max(1));
                let scores = each(chunk * targets) * (self.quads + 1);
                chunks * (scores + columns * (2 * chunk * (targets + 2) + targets))
            }
            ModelKind::Cbow => {
                let scores = each(targets * self.parts) * (self.quads.div_ceil(self.parts) + 1);
                scores + each(targets) * (self.parts + 1) + columns * (2 * contexts + targets + 3)
            }
        };
        draws + rows + steps + 4
    }

    /// With this many threads, that share this many bytes.
    pub fn with_memory(config: &Config, words: usize, negatives: usize, threads: usize, memory: usize) -> Self {
        let (quads, targets) = (config.vector_size.div_ceil(4), negatives + 1);
        let mut shape = Self {
            model: config.model,
            is_sum: config.context_sum == ContextSum::Sum,
            words,
            vector_size: config.vector_size,
            quads,
            pitch: quads | 1,
            window: config.window,
            is_dynamic: config.dynamic_window,
            targets,
            threads,
            slots: 0,
            chunk: (MAX_STEPS / targets).clamp(1, MAX_CONTEXTS),
            parts: (threads / targets).clamp(1, quads),
            budget: 1 << 30,
        };
        if 2 * config.window <= MAX_CONTEXTS {
            shape.slots = 2 * config.window + 1;
            if shape.workgroup_bytes() > memory {
                shape.slots = 0;
            }
        }
        shape
    }

    /// Whether context rows are in workgroup memory.
    pub fn has_ring(&self) -> bool {
        self.slots > 0
    }

    /// Bytes that the threads of a workgroup share.
    pub fn workgroup_bytes(&self) -> usize {
        let ids = 3 * self.targets * 4;
        let ring = if self.has_ring() { (2 * self.slots + self.targets) * self.pitch * 16 } else { 0 };
        let (row, pairs) = (self.quads * 16, if self.has_ring() { self.slots - 1 } else { self.chunk });
        let steps = match self.model {
            ModelKind::SkipGram => pairs * self.targets * 4,
            ModelKind::Cbow => row + self.targets * (self.parts + 1) * 4,
        };
        ids + ring + steps
    }

    /// The constants of the shaders.
    pub fn constants(&self) -> String {
        let numbers = [
            ("WORDS", self.words),
            ("QUADS", self.quads),
            ("PITCH", self.pitch),
            ("WINDOW", self.window),
            ("TARGETS", self.targets),
            ("THREADS", self.threads),
            ("SLOTS", self.slots),
            ("CHUNK", self.chunk),
            ("PARTS", self.parts),
            ("BUDGET", self.budget),
        ];
        let numbers = numbers.map(|(name, number)| format!("const {name} = {number}u;\n")).concat();
        format!("{numbers}const DYNAMIC = {};\nconst SUM = {};\n", self.is_dynamic, self.is_sum)
    }
}

/// Refuses what the shaders cannot do.
fn check(config: &Config, words: usize) -> Result<(), GpuError> {
    let refused = |what: String| Err(GpuError::Unsupported { what });
    if config.hierarchical_softmax {
        return refused("hierarchical softmax".to_owned());
    }
    if config.subwords.is_some() {
        return refused("subwords".to_owned());
    }
    if config.position_weights {
        return refused("position weights".to_owned());
    }
    if config.vector_size > MAX_VECTOR_SIZE {
        return refused(format!("vectors of more than {MAX_VECTOR_SIZE} numbers"));
    }
    // The highest bit of an id says that its vector is not trained.
    if words >= 1 << 31 {
        return refused("a vocabulary of more than 2147483647 words".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_are_in_workgroup_memory_where_they_fit() {
        let shape = |size, window, memory| {
            Shape::with_memory(&Config::skip_gram().vector_size(size).window(window), 1_000, 5, 32, memory)
        };
        assert_eq!(shape(100, 5, 16_384).slots, 11);
        assert_eq!(shape(300, 5, 32_768).slots, 0);
        assert_eq!(shape(300, 5, 49_152).slots, 11);
        assert_eq!(shape(100, 9, 1 << 20).slots, 0);
        for size in 1..=MAX_VECTOR_SIZE {
            assert!([1, 5, 9].iter().all(|&window| shape(size, window, 16_384).workgroup_bytes() <= 16_384));
        }
    }

    #[test]
    fn the_most_negatives_fit_into_the_least_memory() {
        for config in [Config::skip_gram(), Config::cbow()] {
            let shape = Shape::with_memory(&config.vector_size(1024), 100_000, 1_000, 128, 16_384);
            assert!(!shape.has_ring());
            assert!(shape.workgroup_bytes() <= 32_768, "{}", shape.workgroup_bytes());
        }
    }

    #[test]
    fn what_cannot_be_trained_is_refused() {
        let refused = |config: Config, words| check(&config, words).unwrap_err().to_string();
        assert!(refused(Config::cbow().hierarchical_softmax(), 10).contains("hierarchical softmax"));
        assert!(refused(Config::cbow().vector_size(1025), 10).contains("vectors of more than 1024 numbers"));
        assert!(refused(Config::cbow(), 1 << 31).contains("2147483647 words"));
        assert_eq!(check(&Config::skip_gram().vector_size(1024), 1_000_000), Ok(()));
    }
}
