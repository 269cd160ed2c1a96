//! Does it fit? An estimate of what training takes, against what the machine has.

use rapidvec::corpus::check_memory;
use rapidvec::error::TrainError;
use rapidvec_textbook::{BatchLayout, Config as TextbookConfig, OptimizerKind};

pub const MEGABYTE: u64 = 1_000_000;

/// Bytes at the peak, when a checkpoint is saved: the matrices that are trained (two of weights, two of gradients, and with
/// Adam four of moments), their copies in the checkpoint (without Adam, of the weights alone), the weights as they are
/// stored and one matrix on its way; 4 bytes a token for the text and 4 for the order of the examples; and the batch.
pub fn estimate(config: &TextbookConfig, words: usize, tokens: usize) -> u64 {
    let matrices: u64 = match config.optimizer {
        OptimizerKind::Adam => 8 + 8 + 2 + 1,
        OptimizerKind::Sgd if config.max_grad.is_none() => 2 + 2 + 2 + 1,
        OptimizerKind::Sgd => 4 + 2 + 2 + 1,
    };
    let matrix = (words as u64).saturating_mul(row(config));
    let text = (tokens as u64).saturating_mul(8);
    matrices.saturating_mul(matrix).saturating_add(text).saturating_add(batch(config, tokens))
}

/// Bytes of a row of a matrix: whole cache lines.
fn row(config: &TextbookConfig) -> u64 {
    (config.vector_size as u64).next_multiple_of(16) * 4
}

/// Bytes that a batch takes, with two in flight: hidden vectors and their gradients, the ids of all words that are read, what
/// Adam has to settle for each, and the parts of the scores.
fn batch(config: &TextbookConfig, tokens: usize) -> u64 {
    let examples = config.batch_size.min(tokens) as u64;
    let layout = BatchLayout::of(config);
    let (contexts, predictions) = (2 * config.window as u64, layout.predictions() as u64);
    let scores = predictions * (1 + config.negatives as u64);
    let parts = (config.vector_size as u64).div_ceil(32) * 3;
    let each = 2 * row(config) + 80 * (contexts + scores) + 4 * parts * scores;
    examples.saturating_mul(each)
}

/// The estimate in words, if it fits beside what this program `holds` already of what it counts.
pub fn check(config: &TextbookConfig, words: usize, tokens: usize, holds: u64) -> Result<u64, TrainError> {
    let needed = estimate(config, words, tokens);
    check_memory(needed, holds)?;
    Ok(needed.div_ceil(MEGABYTE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec::ModelKind;

    #[test]
    fn the_chapters_run_takes_little_and_the_absurd_does_not_overflow() {
        let book = TextbookConfig::textbook();
        let megabytes = estimate(&book, 10_000, 929_589) / MEGABYTE;
        assert!((90..110).contains(&megabytes), "{megabytes}");
        let batches = TextbookConfig { batch_size: 1_000_000, window: 1_000, negatives: 1_000, ..book.clone() };
        let skip_gram = TextbookConfig { model: ModelKind::SkipGram, ..batches };
        assert!(estimate(&skip_gram, 10_000, 929_589) / MEGABYTE > 100_000_000);
        let wide = TextbookConfig { vector_size: 65_536, ..book };
        assert_eq!(estimate(&wide, usize::MAX, usize::MAX), u64::MAX);
    }
}
