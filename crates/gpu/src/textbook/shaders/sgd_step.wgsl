// A step down the gradient of each distinct row, which is zero afterwards: `w += SCALE dw`. The twin is `sgd_step` in
// crates/core/src/kernels/plain/optimize.rs.

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    for (var i = group.x; i < plan[SIDE + ROW_COUNT]; i += groups.x) {
        let row = entry(SIDE, ROWS, i);
        for (var quad = lane; quad < QUADS; quad += LANES) {
            store_w(row, quad, load_w(row, quad) + SCALE * load_g(row, quad));
            store_g(row, quad, vec4(0.0));
        }
    }
}
