// The rate of all gradients together, `MAX_GRAD / (√Σ dw² + 1e-6)`, by one workgroup. The twin is `clip_rate` in
// crates/textbook/src/trainer/learner.rs.

@group(0) @binding(1) var<storage, read_write> squares: array<f32>;
@group(0) @binding(2) var<storage, read_write> rate: array<f32>;

var<workgroup> parts: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
    let count = plan[IN + ROW_COUNT] + plan[OUT + ROW_COUNT];
    var part = 0.0;
    for (var i = lane; i < count; i += LANES) {
        part += squares[i];
    }
    parts[lane] = part;
    workgroupBarrier();
    if (lane == 0u) {
        var sum = 0.0;
        for (var l = 0u; l < LANES; l++) {
            sum += parts[l];
        }
        rate[0] = MAX_GRAD / (sqrt(sum) + 1e-6);
    }
}
