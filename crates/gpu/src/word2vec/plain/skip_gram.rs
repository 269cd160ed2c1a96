//! The twin of `skip_gram_ring.wgsl` and `skip_gram_direct.wgsl`.

use super::{Plain, add};

impl Plain<'_> {
    /// Trains the output rows on these contexts, and returns what is to be added to each context.
    pub fn skip_gram(&mut self, contexts: &[Vec<f32>], targets: &[Option<u32>], rate: f32) -> Vec<Vec<f32>> {
        self.pairs += contexts.len() as u64;
        let width = self.width();
        let mut moved = vec![vec![0.0; width]; contexts.len()];
        for (t, id) in targets.iter().enumerate().filter_map(|(t, id)| Some((t, (*id)? as usize))) {
            let row = self.w_out[id * width..][..width].to_vec();
            let mut change = vec![0.0; width];
            for (context, moved) in contexts.iter().zip(&mut moved) {
                let step = self.learn(self.dot(context, &row, 1), t == 0, rate);
                add(&mut change, step, context);
                add(moved, step, &row);
            }
            add(&mut self.w_out[id * width..][..width], 1.0, &change);
        }
        moved
    }
}
