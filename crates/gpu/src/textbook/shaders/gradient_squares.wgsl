// The sum of the squares of each distinct row's gradient. The twin is `gradient_squares` in
// crates/core/src/kernels/plain/optimize.rs.

/// Those of `w_in`, then those of `w_out`.
@group(0) @binding(1) var<storage, read_write> squares: array<f32>;

var<workgroup> parts: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let first = select(0u, plan[IN + ROW_COUNT], SIDE == OUT);
    for (var i = group.x; i < plan[SIDE + ROW_COUNT]; i += groups.x) {
        let row = entry(SIDE, ROWS, i);
        var part = 0.0;
        for (var quad = lane; quad < QUADS; quad += LANES) {
            let g = load_g(row, quad);
            part += dot(g, g);
        }
        parts[lane] = part;
        workgroupBarrier();
        if (lane == 0u) {
            var sum = 0.0;
            for (var l = 0u; l < LANES; l++) {
                sum += parts[l];
            }
            squares[first + i] = sum;
        }
        workgroupBarrier();
    }
}
