// Scales the gradient of each distinct row by the rate, if that is below 1. The twin is `scale_gradients` in
// crates/core/src/kernels/plain/optimize.rs.

@group(0) @binding(1) var<storage, read_write> rate: array<f32>;

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    if (rate[0] < 1.0) {
        for (var i = group.x; i < plan[SIDE + ROW_COUNT]; i += groups.x) {
            let row = entry(SIDE, ROWS, i);
            for (var quad = lane; quad < QUADS; quad += LANES) {
                store_g(row, quad, rate[0] * load_g(row, quad));
            }
        }
    }
}
