//! The twin of `cbow_ring.wgsl`, `cbow_direct.wgsl` and `hidden.wgsl`.

use super::{Plain, add};

impl Plain<'_> {
    /// Trains the output rows on the mean or the sum of these contexts, and returns what is to be added to each context.
    pub fn cbow(&mut self, contexts: &[Vec<f32>], targets: &[Option<u32>], rate: f32) -> Vec<Vec<f32>> {
        self.pairs += 1;
        let width = self.width();
        let mut hidden = vec![0.0; width];
        contexts.iter().for_each(|context| add(&mut hidden, 1.0, context));
        let factor = if self.shape.is_sum { 1.0 } else { 1.0 / contexts.len() as f32 };
        hidden.iter_mut().for_each(|x| *x *= factor);
        let mut moved = vec![0.0; width];
        for (t, id) in targets.iter().enumerate().filter_map(|(t, id)| Some((t, (*id)? as usize))) {
            let row = self.w_out[id * width..][..width].to_vec();
            let step = self.learn(self.dot(&hidden, &row, self.shape.parts), t == 0, rate);
            add(&mut moved, step, &row);
            add(&mut self.w_out[id * width..][..width], step, &hidden);
        }
        vec![moved; contexts.len()]
    }
}
