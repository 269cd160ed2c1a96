// `to[word] += SCALE dscore h[b]` for every word that was scored, one workgroup a distinct row: no two write the same numbers,
// and each sums its examples in their order. The twin is `scatter_products` in crates/core/src/kernels/plain.rs.

@group(0) @binding(1) var<storage, read_write> h: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> dscores: array<f32>;

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let batch = plan[BATCH];
    for (var i = group.x; i < plan[OUT + ROW_COUNT]; i += groups.x) {
        let row = entry(OUT, ROWS, i);
        for (var quad = lane; quad < QUADS; quad += LANES) {
            var sum = load_to(row, quad);
            for (var at = entry(OUT, STARTS, i); at < entry(OUT, STARTS, i + 1u); at++) {
                let place = entry(OUT, PLACES, at);
                let b = (place / WORDS) % batch;
                sum += (SCALE * dscores[place]) * h[b * QUADS + quad];
            }
            store_to(row, quad, sum);
        }
    }
}
