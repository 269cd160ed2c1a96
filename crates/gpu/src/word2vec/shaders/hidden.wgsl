// A window of CBOW: the hidden vector, then what each target's score moves. PARTS threads share the dot product of a target. Where
// rows are, and how they are updated, is in cbow_ring.wgsl and cbow_direct.wgsl. The twin is cbow.rs.

var<workgroup> hidden: array<vec4<f32>, QUADS>;
var<workgroup> partial: array<f32, TARGETS * PARTS>;
var<workgroup> steps: array<f32, TARGETS>;

fn window(first: u32, start: u32, center: u32, end: u32, rate: f32, thread: u32) {
    let contexts = end - start - 1u;
    let factor = select(1.0 / f32(contexts), 1.0, SUM);
    for (var quad = thread; quad < QUADS; quad += THREADS) {
        var sum = vec4<f32>(0.0);
        for (var c = 0u; c < contexts; c++) {
            sum += context_row(first, place_of(start, center, c), quad);
        }
        hidden[quad] = sum * factor;
    }
    workgroupBarrier();
    for (var i = thread; i < TARGETS * PARTS; i += THREADS) {
        let t = i / PARTS;
        var sums = vec4<f32>(0.0);
        if (is_live[t] != 0u) {
            for (var quad = i % PARTS; quad < QUADS; quad += PARTS) {
                sums += hidden[quad] * target_row(center, t, quad);
            }
        }
        partial[i] = total(sums);
    }
    pairs += 1u;
    hidden_steps(rate, thread);
    for (var quad = thread; quad < QUADS; quad += THREADS) {
        update(first, start, center, contexts, quad);
    }
}

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
