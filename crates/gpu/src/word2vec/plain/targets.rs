//! The twin of `targets.wgsl`.

use super::Plain;
use super::random::{NEGATIVES_FROM, TRIES, WIDTH, below, random};

impl Plain<'_> {
    /// The output rows of the window around the word at place `center`; `None` for one that does not count.
    pub fn targets(&self, key: [u32; 2], center: u32, word: u32) -> Vec<Option<u32>> {
        let negatives = (0..self.shape.targets as u32 - 1).map(|k| self.negative(key, center, k, word));
        let drawn: Vec<Option<u32>> = negatives.collect();
        let is_first = |k: usize| !drawn[..k].contains(&drawn[k]);
        let live = (0..drawn.len()).map(|k| drawn[k].filter(|_| is_first(k)));
        [Some(word)].into_iter().chain(live).collect()
    }

    fn negative(&self, key: [u32; 2], center: u32, k: u32, word: u32) -> Option<u32> {
        (0..TRIES).find_map(|attempt| {
            let bits = random([key[0], key[1], center, NEGATIVES_FROM + k * TRIES + attempt]);
            let column = below(bits[0], self.shape.words as u32);
            let [keep, other] = self.alias[column as usize];
            let drawn = if bits[1] < keep { column } else { other };
            (drawn != word).then_some(drawn)
        })
    }

    /// Words on each side.
    pub fn window_width(&self, key: [u32; 2], center: u32) -> usize {
        match self.shape.is_dynamic {
            true => 1 + below(random([key[0], key[1], center, WIDTH])[0], self.shape.window as u32) as usize,
            false => self.shape.window,
        }
    }
}
