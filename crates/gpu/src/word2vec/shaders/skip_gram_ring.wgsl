// Skip-gram with the contexts in workgroup memory: all scores of a window, one thread a score; then all updates, one thread a
// column. The twin is skip_gram.rs.

var<workgroup> steps: array<f32, 2u * WINDOW * TARGETS>;

fn window(first: u32, start: u32, center: u32, end: u32, rate: f32, thread: u32) {
    let contexts = end - start - 1u;
    scores(start, center, contexts, rate, thread);
    pairs += contexts;
    workgroupBarrier();
    for (var quad = thread; quad < QUADS; quad += THREADS) {
        update(first, start, center, contexts, quad);
    }
}

fn scores(start: u32, center: u32, contexts: u32, rate: f32, thread: u32) {
    for (var pair = thread; pair < contexts * TARGETS; pair += THREADS) {
        let t = pair % TARGETS;
        let at = (place_of(start, center, pair / TARGETS) % SLOTS) * PITCH;
        var step = 0.0;
        if (is_live[t] != 0u) {
            var sums = vec4<f32>(0.0);
            for (var quad = 0u; quad < QUADS; quad++) {
                sums += value[at + quad] * target_rows[t * PITCH + quad];
            }
            step = learn(total(sums), t == 0u, rate);
        }
        steps[pair] = step;
    }
}

fn update(first: u32, start: u32, center: u32, contexts: u32, quad: u32) {
    let targets = targets_of(center);
    for (var t = 0u; t < TARGETS; t++) {
        if (is_live[t] != 0u) {
            var moved = vec4<f32>(0.0);
            for (var c = 0u; c < contexts; c++) {
                let at = (place_of(start, center, c) % SLOTS) * PITCH;
                moved += steps[c * TARGETS + t] * value[at + quad];
            }
            let id = target_ids[targets + t];
            store_w_out(id, quad, load_w_out(id, quad) + moved);
        }
    }
    for (var c = 0u; c < contexts; c++) {
        let place = place_of(start, center, c);
        if ((kept[first + place] & FROZEN) == 0u) {
            var moved = vec4<f32>(0.0);
            for (var t = 0u; t < TARGETS; t++) {
                moved += steps[c * TARGETS + t] * target_rows[t * PITCH + quad];
            }
            let at = (place % SLOTS) * PITCH + quad;
            value[at] += moved;
            change[at] += moved;
        }
    }
}
