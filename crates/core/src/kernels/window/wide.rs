//! The steps for any register width, written once: a macro that each instruction set fills with its own operations.
//!
//! The module that uses it has the type `V` of a register, `LANES_V` numbers in one, `PAIR` contexts whose scores are taken
//! together (1 or 2: as many as the registers hold sums for), and the operations `zero`, `load`, `store`, `splat`, `fma` (a b + c),
//! `add`, `mul`, and `sums`, which adds up each of `PAIR * GROUP` registers and stores whole registers: eight numbers per context,
//! of which six are its sums.
//!
//! Scores: for a pair of contexts and a group of six targets, twelve sums accumulate in parallel, so that neither loads nor the
//! latency of an addition are a bottleneck. Updates: a register's width of columns at a time, six targets and their six new
//! values stay in registers while every context is loaded and stored once. CBOW computes twelve scores of its one `h` in
//! parallel, and processes seven registers of every context at a time, both to sum them and to add the error.

/// Calls `$body` for the registers from 0 to `$registers`, up to seven at a time: `$k` is the first, the constant `$W` how many.
macro_rules! in_tiles {
    ($registers:expr, |$k:ident, $W:ident| $body:expr) => {{
        let registers = $registers;
        let mut $k = 0;
        while $k + 7 <= registers {
            const $W: usize = 7;
            $body;
            $k += 7;
        }
        macro_rules! rest {
            ($rest:literal) => {{
                const $W: usize = $rest;
                $body
            }};
        }
        match registers - $k {
            1 => rest!(1),
            2 => rest!(2),
            3 => rest!(3),
            4 => rest!(4),
            5 => rest!(5),
            6 => rest!(6),
            _ => (),
        }
    }};
}

macro_rules! window_kernels {
    ($features:literal) => {
        use super::loss::gradients;
        use super::scratch::{GROUP_CHUNKS, STRIDE};
        use super::{Composed, GROUP, RowPtr, Scratch, Step, prefetch, prefetch_ahead};
        use crate::LANES;

        /// Registers in rows of usual lengths, for which the kernels are compiled by themselves.
        const OF_64: usize = registers(64);
        const OF_100: usize = registers(100);
        const OF_300: usize = registers(300);

        /// Rows of up to so many numbers are prefetched at once after the scores of two contexts, some two or three rows each time, longer ones in
        /// the course of them: so skip-gram was 10 % faster with 100 dimensions, and 10 % with 300 (Zen 3, 2026-12-01).
        const SHORT: usize = 128;

        /// Registers that hold a row of so many numbers: fewer than its chunks have if the last chunk is padding from its middle on.
        #[inline(always)]
        const fn registers(columns: usize) -> usize {
            columns.div_ceil(LANES_V)
        }

        /// # Safety
        /// As [`WindowKernels::skip_gram`], and the CPU has the features.
        #[target_feature(enable = $features)]
        unsafe fn skip_gram(step: &Step, _: f32, scratch: &mut Scratch) {
            // SAFETY: the caller vouches for the rows.
            unsafe {
                match registers(step.columns) {
                    OF_64 => skip_gram_of::<OF_64>(step, scratch),
                    OF_100 => skip_gram_of::<OF_100>(step, scratch),
                    OF_300 => skip_gram_of::<OF_300>(step, scratch),
                    _ => skip_gram_of::<0>(step, scratch),
                }
            }
        }

        /// `REGISTERS` of a row, if known beforehand, else 0.
        ///
        /// # Safety
        /// As [`skip_gram`].
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn skip_gram_of<const REGISTERS: usize>(step: &Step, scratch: &mut Scratch) {
            let n = step.contexts.len();
            let registers = if REGISTERS == 0 { registers(step.columns) } else { REGISTERS };
            let groups = step.targets.len().div_ceil(GROUP);
            for (g, targets) in step.targets.chunks(GROUP).enumerate() {
                let scores = &mut scratch.scores[g * GROUP_CHUNKS..][..GROUP_CHUNKS];
                // SAFETY: the caller vouches for the rows; a group's chunks have room for `MAX_CONTEXTS` contexts.
                unsafe {
                    dots::<PAIR>(
                        step.contexts,
                        targets,
                        registers,
                        scores.as_mut_ptr().cast(),
                        if g == 0 { step.ahead } else { &[] },
                    )
                };
                for (chunk, scores) in scores[..n.div_ceil(2)].iter_mut().enumerate() {
                    let labels = step.labels.of_group(g, n - 2 * chunk);
                    gradients::<true>(scores, labels, step.rate, &mut scratch.loss);
                }
            }
            let held = scratch.held.as_mut_ptr().cast();
            for (g, targets) in step.targets.chunks(GROUP).enumerate() {
                let gradients = scratch.scores[g * GROUP_CHUNKS..].as_ptr().cast();
                // SAFETY: as above; `held` has a row for each context where there is more than one group.
                unsafe {
                    match (groups, g) {
                        (1, _) => update::<true, true>(step.contexts, targets, gradients, registers, held),
                        (_, 0) => update::<true, false>(step.contexts, targets, gradients, registers, held),
                        _ if g + 1 < groups => {
                            update::<false, false>(step.contexts, targets, gradients, registers, held)
                        }
                        _ => update::<false, true>(step.contexts, targets, gradients, registers, held),
                    }
                }
            }
        }

        /// `out[i STRIDE + t] = c_i · w_t`, `P` contexts at a time; meanwhile the rows `ahead` are prefetched.
        ///
        /// # Safety
        /// Rows have `registers` registers; `out` has room for a whole number of pairs, and is aligned as rows are.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn dots<const P: usize>(
            contexts: &[RowPtr],
            targets: &[RowPtr],
            registers: usize,
            out: *mut f32,
            ahead: &[RowPtr],
        ) {
            // SAFETY: passed on.
            unsafe {
                match targets.len() {
                    1 => dots_of::<1, P>(contexts, targets, registers, out, ahead),
                    2 => dots_of::<2, P>(contexts, targets, registers, out, ahead),
                    3 => dots_of::<3, P>(contexts, targets, registers, out, ahead),
                    4 => dots_of::<4, P>(contexts, targets, registers, out, ahead),
                    5 => dots_of::<5, P>(contexts, targets, registers, out, ahead),
                    _ => dots_of::<6, P>(contexts, targets, registers, out, ahead),
                }
            }
        }

        /// # Safety
        /// As [`dots`], with `G` targets.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn dots_of<const G: usize, const P: usize>(
            contexts: &[RowPtr],
            targets: &[RowPtr],
            registers: usize,
            out: *mut f32,
            ahead: &[RowPtr],
        ) {
            let targets: [RowPtr; G] = std::array::from_fn(|t| targets[t]);
            let (whole, rest) = contexts.as_chunks::<P>();
            // SAFETY: the caller vouches for the rows; a tile's scores are within a whole number of pairs.
            unsafe {
                for (i, tile) in whole.iter().enumerate() {
                    let ahead = &ahead[ahead.len() * i / whole.len()..ahead.len() * (i + 1) / whole.len()];
                    let (during, after) = if registers * LANES_V > SHORT { (ahead, &[][..]) } else { (&[][..], ahead) };
                    dots_of_tile(tile, &targets, registers, out.add(i * P * STRIDE), during);
                    after.iter().for_each(|&row| prefetch(row, (registers * LANES_V).div_ceil(LANES)));
                }
                let ahead = if whole.is_empty() { ahead } else { &[] };
                for (i, &context) in (whole.len() * P..).zip(rest) {
                    dots_of_tile(&[context], &targets, registers, out.add(i * STRIDE), ahead);
                }
            }
        }

        /// # Safety
        /// As [`dots`], with `G` targets and `P` contexts. The rows `during` are prefetched line after line.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn dots_of_tile<const G: usize, const P: usize>(
            contexts: &[RowPtr; P],
            targets: &[RowPtr; G],
            registers: usize,
            out: *mut f32,
            during: &[RowPtr],
        ) {
            let mut sum = [[zero(); GROUP]; PAIR];
            for k in 0..registers {
                if k.is_multiple_of(LANES / LANES_V) {
                    during.iter().for_each(|row| prefetch(row.wrapping_add(k * LANES_V), 1));
                }
                // SAFETY: k is a register of the row.
                let c = contexts.map(|context| unsafe { load(context.add(k * LANES_V)) });
                // Target after target: one of them at a time is in a register.
                for (t, &target) in targets.iter().enumerate() {
                    // SAFETY: as above.
                    let w = unsafe { load(target.add(k * LANES_V)) };
                    (0..P).for_each(|p| sum[p][t] = fma(c[p], w, sum[p][t]));
                }
            }
            // SAFETY: the caller vouches for it.
            unsafe { sums::<P>(&sum, out) };
        }

        /// Updates a group of targets, and the contexts by this group's part.
        ///
        /// # Safety
        /// Rows have `registers` registers; `gradients` has `STRIDE` numbers per context; `held`, if this is not the `FIRST`
        /// and `LAST` group in one, a row for each context.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn update<const FIRST: bool, const LAST: bool>(
            contexts: &[RowPtr],
            targets: &[RowPtr],
            gradients: *const f32,
            registers: usize,
            held: *mut f32,
        ) {
            // SAFETY: passed on.
            unsafe {
                match targets.len() {
                    1 => update_of::<1, FIRST, LAST>(contexts, targets, gradients, registers, held),
                    2 => update_of::<2, FIRST, LAST>(contexts, targets, gradients, registers, held),
                    3 => update_of::<3, FIRST, LAST>(contexts, targets, gradients, registers, held),
                    4 => update_of::<4, FIRST, LAST>(contexts, targets, gradients, registers, held),
                    5 => update_of::<5, FIRST, LAST>(contexts, targets, gradients, registers, held),
                    _ => update_of::<6, FIRST, LAST>(contexts, targets, gradients, registers, held),
                }
            }
        }

        /// # Safety
        /// As [`update`], with `G` targets.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn update_of<const G: usize, const FIRST: bool, const LAST: bool>(
            contexts: &[RowPtr],
            targets: &[RowPtr],
            gradients: *const f32,
            registers: usize,
            held: *mut f32,
        ) {
            let targets: [RowPtr; G] = std::array::from_fn(|t| targets[t]);
            for k in 0..registers {
                // SAFETY: k is a register of every row, and of every row of `held`; gradients are `STRIDE` per context.
                unsafe {
                    let old: [V; G] = std::array::from_fn(|t| load(targets[t].add(k * LANES_V)));
                    let mut new = old;
                    for (i, &context) in contexts.iter().enumerate() {
                        let row = context.add(k * LANES_V);
                        let held = held.wrapping_add((i * registers + k) * LANES_V);
                        let c = load(row);
                        let mut moved = match (FIRST, LAST) {
                            (true, true) => c,
                            (true, false) => zero(),
                            (false, _) => load(held),
                        };
                        for t in 0..G {
                            let g = splat(*gradients.add(i * STRIDE + t));
                            moved = fma(g, old[t], moved);
                            new[t] = fma(g, c, new[t]);
                        }
                        match (FIRST, LAST) {
                            (true, true) => store(row, moved),
                            (_, true) => store(row, add(c, moved)),
                            (_, false) => store(held, moved),
                        }
                    }
                    for t in 0..G {
                        store(targets[t].add(k * LANES_V), new[t]);
                    }
                }
            }
        }

        /// # Safety
        /// As [`WindowKernels::cbow`], and the CPU has the features.
        #[target_feature(enable = $features)]
        unsafe fn cbow(step: &Step, factor: f32, scratch: &mut Scratch) {
            // SAFETY: the caller vouches for the rows.
            unsafe {
                match registers(step.columns) {
                    OF_64 => cbow_of::<OF_64>(step, factor, scratch),
                    OF_100 => cbow_of::<OF_100>(step, factor, scratch),
                    OF_300 => cbow_of::<OF_300>(step, factor, scratch),
                    _ => cbow_of::<0>(step, factor, scratch),
                }
            }
        }

        /// # Safety
        /// As [`cbow`].
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn cbow_of<const REGISTERS: usize>(step: &Step, factor: f32, scratch: &mut Scratch) {
            let registers = if REGISTERS == 0 { registers(step.columns) } else { REGISTERS };
            let hidden = scratch.hidden.as_mut_ptr().cast::<f32>();
            let error = scratch.error.as_mut_ptr().cast::<f32>();
            // SAFETY: the caller vouches for the rows, and `hidden` has as many chunks as they have.
            unsafe { sum_contexts(step.contexts, splat(factor), registers, hidden) };
            prefetch_ahead(step, 0, 3);
            for (pair, targets) in step.targets.chunks(2 * GROUP).enumerate() {
                let scores = &mut scratch.scores[pair];
                // SAFETY: a chunk has room for the scores of two groups.
                unsafe { dots_of_hidden(hidden, targets, registers, scores.0.as_mut_ptr()) };
                let labels = step.labels.of_groups(2 * pair);
                if pair == 0 {
                    prefetch_ahead(step, 1, 3);
                }
                gradients::<true>(scores, &labels, step.rate, &mut scratch.loss);
            }
            prefetch_ahead(step, 2, 3);
            let scores = scratch.scores.as_ptr().cast::<f32>();
            for (g, targets) in step.targets.chunks(GROUP).enumerate() {
                let gradients = scores.wrapping_add(g * STRIDE);
                // SAFETY: there is a gradient per target; `error` has as many chunks as a row.
                unsafe {
                    match g {
                        0 => move_targets::<true>(targets, gradients, registers, hidden, error),
                        _ => move_targets::<false>(targets, gradients, registers, hidden, error),
                    }
                }
            }
            // SAFETY: as above.
            unsafe { add_to_contexts(step.contexts, registers, error) };
        }

        /// # Safety
        /// As [`WindowKernels::mean`], and the CPU has the features.
        #[target_feature(enable = $features)]
        unsafe fn mean(of: &Composed, out: [RowPtr; 2]) {
            let registers = registers(of.columns);
            let [out, copy] = out;
            // SAFETY: the caller vouches for the rows.
            unsafe {
                sum_contexts(of.rows, splat(1.0 / of.rows.len() as f32), registers, out);
                (0..registers).for_each(|k| store(copy.add(k * LANES_V), load(out.add(k * LANES_V))));
            }
        }

        /// # Safety
        /// As [`WindowKernels::spread`], and the CPU has the features.
        #[target_feature(enable = $features)]
        unsafe fn spread(to: &Composed, [now, before]: [RowPtr; 2], scratch: &mut Scratch) {
            let registers = registers(to.columns);
            let moved = scratch.error.as_mut_ptr().cast::<f32>();
            // SAFETY: the caller vouches for the rows, and `error` has as many chunks as they have.
            unsafe {
                for k in 0..registers {
                    let (now, before) = (load(now.add(k * LANES_V)), load(before.add(k * LANES_V)));
                    store(moved.add(k * LANES_V), fma(splat(-1.0), before, now));
                }
                add_to_contexts(to.rows, registers, moved);
            }
        }

        /// # Safety
        /// As [`WindowKernels::weigh`], and the CPU has the features.
        #[target_feature(enable = $features)]
        unsafe fn weigh([d, c, out]: [RowPtr; 3], columns: usize) {
            for k in 0..registers(columns) {
                // SAFETY: k is a register of every row, for which the caller vouches.
                unsafe { store(out.add(k * LANES_V), mul(load(d.add(k * LANES_V)), load(c.add(k * LANES_V)))) };
            }
        }

        /// # Safety
        /// As [`WindowKernels::learn_position`], and the CPU has the features.
        #[target_feature(enable = $features)]
        unsafe fn learn([d, c]: [RowPtr; 2], s: f32, columns: usize, scratch: &Scratch) {
            let (s, error) = (splat(s), scratch.error.as_ptr().cast::<f32>());
            for k in 0..registers(columns) {
                // SAFETY: k is a register of both rows, for which the caller vouches, and of `error`.
                unsafe {
                    let (old_d, old_c) = (load(d.add(k * LANES_V)), load(c.add(k * LANES_V)));
                    let e = load(error.add(k * LANES_V));
                    store(d.add(k * LANES_V), fma(mul(s, e), old_c, old_d));
                    store(c.add(k * LANES_V), fma(e, old_d, old_c));
                }
            }
        }

        /// `out[STRIDE g + t] = h · w_(6 g + t)`, for one or two groups of targets; two groups side by side if there are
        /// registers for twelve sums.
        ///
        /// # Safety
        /// Rows and `hidden` have `registers` registers; `out` is a chunk.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn dots_of_hidden(hidden: RowPtr, targets: &[RowPtr], registers: usize, out: *mut f32) {
            // SAFETY: passed on.
            unsafe {
                match (PAIR, targets.len().saturating_sub(GROUP)) {
                    (_, 0) => dots::<1>(&[hidden], targets, registers, out, &[]),
                    (2, 1) => dots_of_pair::<1>(hidden, targets, registers, out),
                    (2, 2) => dots_of_pair::<2>(hidden, targets, registers, out),
                    (2, 3) => dots_of_pair::<3>(hidden, targets, registers, out),
                    (2, 4) => dots_of_pair::<4>(hidden, targets, registers, out),
                    (2, 5) => dots_of_pair::<5>(hidden, targets, registers, out),
                    (2, _) => dots_of_pair::<6>(hidden, targets, registers, out),
                    _ => {
                        dots::<1>(&[hidden], &targets[..GROUP], registers, out, &[]);
                        dots::<1>(&[hidden], &targets[GROUP..], registers, out.add(STRIDE), &[]);
                    }
                }
            }
        }

        /// # Safety
        /// As [`dots_of_hidden`], with six targets and `G` more.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn dots_of_pair<const G: usize>(hidden: RowPtr, targets: &[RowPtr], registers: usize, out: *mut f32) {
            let first: [RowPtr; GROUP] = std::array::from_fn(|t| targets[t]);
            let second: [RowPtr; G] = std::array::from_fn(|t| targets[GROUP + t]);
            let mut sum = [[zero(); GROUP]; PAIR];
            for k in 0..registers {
                // SAFETY: k is a register of every row.
                unsafe {
                    let h = load(hidden.add(k * LANES_V));
                    for t in 0..GROUP {
                        sum[0][t] = fma(h, load(first[t].add(k * LANES_V)), sum[0][t]);
                    }
                    for t in 0..G {
                        sum[PAIR - 1][t] = fma(h, load(second[t].add(k * LANES_V)), sum[PAIR - 1][t]);
                    }
                }
            }
            // SAFETY: `out` is a chunk.
            unsafe { sums::<PAIR>(&sum, out) };
        }

        /// `e += Σ_t g_t w_t` (or `=`, for the `FIRST` group), then `w_t += g_t h`.
        ///
        /// # Safety
        /// Rows, `hidden` and `error` have `registers` registers; there is a gradient per target.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn move_targets<const FIRST: bool>(
            targets: &[RowPtr],
            gradients: *const f32,
            registers: usize,
            hidden: *const f32,
            error: *mut f32,
        ) {
            // SAFETY: passed on.
            unsafe {
                match targets.len() {
                    1 => move_targets_of::<1, FIRST>(targets, gradients, registers, hidden, error),
                    2 => move_targets_of::<2, FIRST>(targets, gradients, registers, hidden, error),
                    3 => move_targets_of::<3, FIRST>(targets, gradients, registers, hidden, error),
                    4 => move_targets_of::<4, FIRST>(targets, gradients, registers, hidden, error),
                    5 => move_targets_of::<5, FIRST>(targets, gradients, registers, hidden, error),
                    _ => move_targets_of::<6, FIRST>(targets, gradients, registers, hidden, error),
                }
            }
        }

        /// # Safety
        /// As [`move_targets`], with `G` targets.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn move_targets_of<const G: usize, const FIRST: bool>(
            targets: &[RowPtr],
            gradients: *const f32,
            registers: usize,
            hidden: *const f32,
            error: *mut f32,
        ) {
            let targets: [RowPtr; G] = std::array::from_fn(|t| targets[t]);
            // SAFETY: there is a gradient per target.
            let gradients: [V; G] = std::array::from_fn(|t| splat(unsafe { *gradients.add(t) }));
            for k in 0..registers {
                // SAFETY: k is a register of every row, of `hidden` and of `error`.
                unsafe {
                    let h = load(hidden.add(k * LANES_V));
                    let mut sum = if FIRST { zero() } else { load(error.add(k * LANES_V)) };
                    for t in 0..G {
                        let row = targets[t].add(k * LANES_V);
                        let w = load(row);
                        sum = fma(gradients[t], w, sum);
                        store(row, fma(gradients[t], h, w));
                    }
                    store(error.add(k * LANES_V), sum);
                }
            }
        }

        /// `out = factor Σ_i c_i`, some columns of all contexts at a time: their sums stay in registers.
        ///
        /// # Safety
        /// Rows and `out` have `registers` registers.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn sum_contexts(contexts: &[RowPtr], factor: V, registers: usize, out: *mut f32) {
            // SAFETY: `in_tiles` stays within `registers`; the caller vouches for the rest.
            in_tiles!(registers, |k, W| unsafe { sum_tile::<W>(contexts, factor, k, out) });
        }

        /// # Safety
        /// As [`sum_contexts`], whose registers from `k` on are `W` or more.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn sum_tile<const W: usize>(contexts: &[RowPtr], factor: V, k: usize, out: *mut f32) {
            let mut sum = [zero(); W];
            for &context in contexts {
                for (w, sum) in sum.iter_mut().enumerate() {
                    // SAFETY: k + w is a register of the row.
                    *sum = add(*sum, unsafe { load(context.add((k + w) * LANES_V)) });
                }
            }
            for (w, &sum) in sum.iter().enumerate() {
                // SAFETY: as above.
                unsafe { store(out.add((k + w) * LANES_V), mul(sum, factor)) };
            }
        }

        /// `c_i += e`.
        ///
        /// # Safety
        /// Rows and `error` have `registers` registers.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn add_to_contexts(contexts: &[RowPtr], registers: usize, error: *const f32) {
            // SAFETY: as in `sum_contexts`.
            in_tiles!(registers, |k, W| unsafe { add_tile::<W>(contexts, k, error) });
        }

        /// # Safety
        /// As [`add_to_contexts`], whose registers from `k` on are `W` or more.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn add_tile<const W: usize>(contexts: &[RowPtr], k: usize, error: *const f32) {
            // SAFETY: k + w is a register of every row, and of `error`.
            unsafe {
                let error: [V; W] = std::array::from_fn(|w| load(error.add((k + w) * LANES_V)));
                for &context in contexts {
                    for (w, &error) in error.iter().enumerate() {
                        let place = context.add((k + w) * LANES_V);
                        store(place, add(load(place), error));
                    }
                }
            }
        }
    };
}
