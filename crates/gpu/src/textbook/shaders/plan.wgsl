// What the host prepared for a step, `plan.rs` in numbers: first where everything is, then everything. Begins each shader.

@group(0) @binding(0) var<storage, read> plan: array<u32>;

/// Examples in the batch.
const BATCH = 0u;
/// Where in `losses` those of this batch begin.
const LOSSES = 1u;

/// A matrix's part of the plan begins at `IN` or `OUT` with where its ids are, how many distinct rows it has, and where
/// these rows, the start of each row's places, all places and all settlements are.
const IN = 2u;
const OUT = 8u;
const IDS = 0u;
const ROW_COUNT = 1u;
const ROWS = 2u;
const STARTS = 3u;
const PLACES = 4u;
const SETTLEMENTS = 5u;

/// Entry `i` of a section of a matrix's part.
fn entry(side: u32, section: u32, i: u32) -> u32 {
    return plan[plan[side + section] + i];
}
