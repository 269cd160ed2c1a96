//! The twin of `ring.wgsl`: a word's row is copied when it comes into reach, and what was learned is added when it leaves.

use super::segments::contexts;
use super::{FROZEN, Plain, add};
use rapidvec::config::ModelKind;

/// A row in workgroup memory.
#[derive(Debug, Clone)]
pub struct Held {
    /// The row as it was, with what was learned since.
    pub value: Vec<f32>,
    /// What was learned.
    pub change: Vec<f32>,
}

impl Plain<'_> {
    /// Trains a sentence whose first word is at place `first` of its segment.
    pub fn sentence_in_ring(&mut self, words: &[u32], first: u32, key: [u32; 2], rate: f32) {
        let mut held: Vec<Option<Held>> = vec![None; words.len()];
        let mut loaded = 0;
        for center in 0..words.len() {
            while loaded < words.len().min(center + self.shape.window + 1) {
                if loaded >= self.shape.slots {
                    self.leave(words[loaded - self.shape.slots], held[loaded - self.shape.slots].take());
                }
                let value = self.row(&self.w_in, words[loaded] & !FROZEN).to_vec();
                held[loaded] = Some(Held { change: vec![0.0; value.len()], value });
                loaded += 1;
            }
            let at = first + center as u32;
            let targets = self.targets(key, at, words[center] & !FROZEN);
            let places = contexts(center, self.window_width(key, at), words.len());
            self.step(words, &places, &mut held, &targets, rate);
        }
        words.iter().zip(held).for_each(|(&word, held)| self.leave(word, held));
    }

    fn leave(&mut self, word: u32, held: Option<Held>) {
        let Some(held) = held.filter(|_| word & FROZEN == 0) else { return };
        let width = self.width();
        add(&mut self.w_in[word as usize * width..][..width], 1.0, &held.change);
    }

    fn step(&mut self, words: &[u32], places: &[usize], held: &mut [Option<Held>], targets: &[Option<u32>], rate: f32) {
        let values: Vec<Vec<f32>> =
            places.iter().flat_map(|&place| held[place].clone()).map(|held| held.value).collect();
        let moved = match self.shape.model {
            ModelKind::SkipGram => self.skip_gram(&values, targets, rate),
            ModelKind::Cbow => self.cbow(&values, targets, rate),
        };
        for (&place, moved) in places.iter().zip(moved) {
            if let Some(held) = held[place].as_mut().filter(|_| words[place] & FROZEN == 0) {
                add(&mut held.value, 1.0, &moved);
                add(&mut held.change, 1.0, &moved);
            }
        }
    }
}
