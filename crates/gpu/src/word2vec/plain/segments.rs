//! The twin of `segments.wgsl`.

use super::{END, Plain};
use crate::word2vec::batch::Segment;

impl Plain<'_> {
    /// Trains the words `kept` of a segment.
    pub fn train(&mut self, kept: &[u32], segment: &Segment) {
        for (number, words) in kept.chunks(self.shape.budget).enumerate() {
            self.train_words(words, number * self.shape.budget, kept.len(), segment);
        }
    }

    /// Trains the words from place `from` of the segment's `all` words on.
    fn train_words(&mut self, words: &[u32], mut from: usize, all: usize, segment: &Segment) {
        for sentence in words.split(|&id| id == END) {
            if sentence.len() >= 2 {
                let done = from as f32 / all as f32;
                let rate = segment.first_rate + (segment.last_rate - segment.first_rate) * done;
                match self.shape.has_ring() {
                    true => self.sentence_in_ring(sentence, from as u32, segment.key, rate),
                    false => self.sentence_in_memory(sentence, from as u32, segment.key, rate),
                }
            }
            from += sentence.len() + 1;
        }
    }

    /// What a score is moved by; its loss is added.
    pub fn learn(&mut self, score: f32, is_target: bool, rate: f32) -> f32 {
        let wrong = if is_target { -score } else { score };
        self.loss += f64::from(wrong.max(0.0) + (1.0 + (-wrong.abs()).exp()).ln());
        match score.abs() > 6.0 {
            true => 0.0,
            false => rate * (f32::from(u8::from(is_target)) - 1.0 / (1.0 + (-score).exp())),
        }
    }

    /// The dot product, of which thread `part` of `parts` computes quads `part`, `part + parts` and so on.
    pub fn dot(&self, a: &[f32], b: &[f32], parts: usize) -> f32 {
        let part = |part: usize| {
            let mut sums = [0.0f32; 4];
            for quad in (part..self.shape.quads).step_by(parts) {
                (0..4).for_each(|i| sums[i] += a[4 * quad + i] * b[4 * quad + i]);
            }
            (sums[0] + sums[1]) + (sums[2] + sums[3])
        };
        (0..parts).map(part).fold(0.0, |sum, part| sum + part)
    }
}

/// Places of a window's contexts in its sentence.
pub fn contexts(center: usize, width: usize, length: usize) -> Vec<usize> {
    let (start, end) = (center.saturating_sub(width), center.saturating_add(width).saturating_add(1).min(length));
    (start..end).filter(|&place| place != center).collect()
}
