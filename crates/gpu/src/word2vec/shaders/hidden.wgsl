// CBOW's hidden vector, and what each target's score moves. PARTS threads share the dot product of a target.

var<workgroup> hidden: array<vec4<f32>, QUADS>;
var<workgroup> partial: array<f32, TARGETS * PARTS>;
var<workgroup> steps: array<f32, TARGETS>;

fn hidden_steps(rate: f32, thread: u32) {
    workgroupBarrier();
    for (var t = thread; t < TARGETS; t += THREADS) {
        var score = 0.0;
        for (var part = 0u; part < PARTS; part++) {
            score += partial[t * PARTS + part];
        }
        steps[t] = 0.0;
        if (is_live[t] != 0u) {
            steps[t] = learn(score, t == 0u, rate);
        }
    }
    workgroupBarrier();
}
