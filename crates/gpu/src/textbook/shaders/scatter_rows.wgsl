// `to[word] += SCALE FACTOR dh[b]` for every input word, one workgroup a distinct row: no two write the same numbers, and each
// sums its examples in their order. The twin is `scatter_rows` in crates/core/src/kernels/plain.rs.

@group(0) @binding(1) var<storage, read_write> dh: array<vec4<f32>>;

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    for (var i = group.x; i < plan[IN + ROW_COUNT]; i += groups.x) {
        let row = entry(IN, ROWS, i);
        for (var quad = lane; quad < QUADS; quad += LANES) {
            var sum = load_to(row, quad);
            for (var at = entry(IN, STARTS, i); at < entry(IN, STARTS, i + 1u); at++) {
                let b = entry(IN, PLACES, at) / INPUTS;
                sum += (SCALE * FACTOR) * dh[b * QUADS + quad];
            }
            store_to(row, quad, sum);
        }
    }
}
