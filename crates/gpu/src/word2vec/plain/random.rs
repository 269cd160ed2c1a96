//! The twin of `random.wgsl`.

/// Whether subsampling keeps an id; counted by its place in the segment.
pub const KEEP: u32 = 0;
/// How wide a window is; counted by the place of its center among the words kept.
pub const WIDTH: u32 = 1;
/// The first of [`TRIES`] numbers for each negative, counted as the width is.
pub const NEGATIVES_FROM: u32 = 2;
/// Draws for a negative that is not the target.
pub const TRIES: u32 = 8;

/// Random bits that follow from four numbers.
pub fn random(counter: [u32; 4]) -> [u32; 4] {
    let mut v = counter.map(|x| x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    mix(&mut v);
    v = v.map(|x| x ^ (x >> 16));
    mix(&mut v);
    v
}

fn mix(v: &mut [u32; 4]) {
    v[0] = v[0].wrapping_add(v[1].wrapping_mul(v[3]));
    v[1] = v[1].wrapping_add(v[2].wrapping_mul(v[0]));
    v[2] = v[2].wrapping_add(v[0].wrapping_mul(v[1]));
    v[3] = v[3].wrapping_add(v[1].wrapping_mul(v[2]));
}

/// A whole number below `n`.
pub fn below(bits: u32, n: u32) -> u32 {
    ((u64::from(bits) * u64::from(n)) >> 32) as u32
}
