//! The twin of `direct.wgsl`: every step reads and writes the rows in memory.

use super::segments::contexts;
use super::{FROZEN, Plain, add};
use rapidvec::config::ModelKind;

impl Plain<'_> {
    /// Trains a sentence whose first word is at place `first` of its segment.
    pub fn sentence_in_memory(&mut self, words: &[u32], first: u32, key: [u32; 2], rate: f32) {
        for center in 0..words.len() {
            let at = first + center as u32;
            let targets = self.targets(key, at, words[center] & !FROZEN);
            let places = contexts(center, self.window_width(key, at), words.len());
            let chunk = if self.shape.model == ModelKind::Cbow { places.len() } else { self.shape.chunk };
            places.chunks(chunk).for_each(|places| self.step_in_memory(words, places, &targets, rate));
        }
    }

    fn step_in_memory(&mut self, words: &[u32], places: &[usize], targets: &[Option<u32>], rate: f32) {
        let value = |place: &usize| self.row(&self.w_in, words[*place] & !FROZEN).to_vec();
        let values: Vec<Vec<f32>> = places.iter().map(value).collect();
        let moved = match self.shape.model {
            ModelKind::SkipGram => self.skip_gram(&values, targets, rate),
            ModelKind::Cbow => self.cbow(&values, targets, rate),
        };
        let width = self.width();
        for (&place, moved) in places.iter().zip(moved) {
            if words[place] & FROZEN == 0 {
                add(&mut self.w_in[words[place] as usize * width..][..width], 1.0, &moved);
            }
        }
    }
}
