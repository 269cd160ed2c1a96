//! Estimates the memory that training needs.

use crate::{BatchLayout, Config, OptimizerKind};

/// Bytes at the peak, when a checkpoint is saved: the matrices (two of weights, two of gradients, and with Adam four of moments),
/// their copies in the checkpoint (without Adam, of the weights alone), the weights as they are stored and one matrix while it
/// is written; 4 bytes per token for the ids and 4 for the order of the examples; and two batches.
pub(super) fn estimate(config: &Config, words: usize, ids: usize) -> u64 {
    let matrices: u64 = match config.optimizer {
        OptimizerKind::Adam => 8 + 8 + 2 + 1,
        OptimizerKind::Sgd if config.max_grad.is_none() => 2 + 2 + 2 + 1,
        OptimizerKind::Sgd => 4 + 2 + 2 + 1,
    };
    let matrix = (words as u64).saturating_mul(row_bytes(config));
    let text = (ids as u64).saturating_mul(8);
    matrices.saturating_mul(matrix).saturating_add(text).saturating_add(batch_bytes(config, ids))
}

/// Bytes of a row of a matrix: whole cache lines.
fn row_bytes(config: &Config) -> u64 {
    (config.vector_size as u64).next_multiple_of(16) * 4
}

/// Bytes that a batch needs, with two in flight: hidden vectors and their gradients, the ids of all words that are read,
/// Adam's pending steps of each, and the parts of the scores.
fn batch_bytes(config: &Config, tokens: usize) -> u64 {
    let examples = config.batch_size.min(tokens) as u64;
    let (contexts, predictions) = (2 * config.window as u64, BatchLayout::of(config).predictions() as u64);
    let scores = predictions * (1 + config.negatives as u64);
    let parts = (config.vector_size as u64).div_ceil(32) * 3;
    let each = 2 * row_bytes(config) + 80 * (contexts + scores) + 4 * parts * scores;
    examples.saturating_mul(each)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec::ModelKind;

    #[test]
    fn memory_of_the_chapters_run_is_small_and_of_absurd_ones_does_not_overflow() {
        let book = Config::textbook();
        let megabytes = estimate(&book, 10_000, 929_589) / 1_000_000;
        assert!((90..110).contains(&megabytes), "{megabytes}");
        let batches = Config { batch_size: 1_000_000, window: 1_000, negatives: 1_000, ..book.clone() };
        let skip_gram = Config { model: ModelKind::SkipGram, ..batches };
        assert!(estimate(&skip_gram, 10_000, 929_589) / 1_000_000 > 100_000_000);
        let wide = Config { vector_size: 65_536, ..book };
        assert_eq!(estimate(&wide, usize::MAX, usize::MAX), u64::MAX);
    }
}
