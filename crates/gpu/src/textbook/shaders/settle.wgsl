// Adam's step of each distinct row on the gradient it had, and the steps that it missed since, all at once. The twin is
// `adam_settle` in crates/core/src/kernels/plain/optimize.rs; crates/textbook/src/optimizers/lazy_adam.rs derives it.

const RISE_M: f32 = 0.1;
const RISE_V: f32 = 0.001;
const EPSILON: f32 = 1e-7;

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    for (var i = group.x; i < plan[SIDE + ROW_COUNT]; i += groups.x) {
        if (settlement(i, 0u) != 0.0) {
            let row = entry(SIDE, ROWS, i);
            for (var quad = lane; quad < QUADS; quad += LANES) {
                settle(i, row, quad);
            }
        }
    }
}

/// Number `part` of the row's settlement: M0, M2, M3, ε, and the decays of m and v.
fn settlement(i: u32, part: u32) -> f32 {
    return bitcast<f32>(entry(SIDE, SETTLEMENTS, 6u * i + part));
}

fn settle(i: u32, row: u32, quad: u32) {
    let g = load_g(row, quad);
    let m = load_m(row, quad);
    let v = load_v(row, quad);
    let moment = m + RISE_M * (g - m);
    let variance = v + RISE_V * (g * g - v);
    let inverse = 1.0 / (sqrt(variance) + settlement(i, 3u));
    let y = EPSILON * inverse;
    let steps = settlement(i, 0u) + y * y * (settlement(i, 1u) - y * settlement(i, 2u));
    store_w(row, quad, load_w(row, quad) - moment * inverse * steps);
    store_g(row, quad, vec4(0.0));
    store_m(row, quad, moment * settlement(i, 4u));
    store_v(row, quad, variance * settlement(i, 5u));
}
