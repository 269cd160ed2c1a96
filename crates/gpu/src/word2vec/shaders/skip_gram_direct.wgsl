// Skip-gram with all rows in the card's memory, CHUNK contexts of a window at a time. The twin is skip_gram.rs.

var<workgroup> steps: array<f32, CHUNK * TARGETS>;

fn window(first: u32, start: u32, center: u32, end: u32, rate: f32, thread: u32) {
    let contexts = end - start - 1u;
    pairs += contexts;
    for (var from_context = 0u; from_context < contexts; from_context += CHUNK) {
        let count = min(CHUNK, contexts - from_context);
        scores(first, start, center, from_context, count, rate, thread);
        workgroupBarrier();
        for (var quad = thread; quad < QUADS; quad += THREADS) {
            update(first, start, center, from_context, count, quad);
        }
        storageBarrier();
        workgroupBarrier();
    }
}

fn scores(first: u32, start: u32, center: u32, from_context: u32, count: u32, rate: f32, thread: u32) {
    let targets = targets_of(center);
    for (var pair = thread; pair < count * TARGETS; pair += THREADS) {
        let t = pair % TARGETS;
        let word = kept[first + place_of(start, center, from_context + pair / TARGETS)] & ~FROZEN;
        var step = 0.0;
        if (is_live[t] != 0u) {
            let id = target_ids[targets + t];
            var sums = vec4<f32>(0.0);
            for (var quad = 0u; quad < QUADS; quad++) {
                sums += load_w_in(word, quad) * load_w_out(id, quad);
            }
            step = learn(total(sums), t == 0u, rate);
        }
        steps[pair] = step;
    }
}

fn update(first: u32, start: u32, center: u32, from_context: u32, count: u32, quad: u32) {
    var value: array<vec4<f32>, CHUNK>;
    var moved: array<vec4<f32>, CHUNK>;
    for (var c = 0u; c < count; c++) {
        let word = kept[first + place_of(start, center, from_context + c)] & ~FROZEN;
        value[c] = load_w_in(word, quad);
        moved[c] = vec4<f32>(0.0);
    }
    let targets = targets_of(center);
    for (var t = 0u; t < TARGETS; t++) {
        if (is_live[t] != 0u) {
            let id = target_ids[targets + t];
            let row = load_w_out(id, quad);
            var change = vec4<f32>(0.0);
            for (var c = 0u; c < count; c++) {
                let step = steps[c * TARGETS + t];
                change += step * value[c];
                moved[c] += step * row;
            }
            store_w_out(id, quad, row + change);
        }
    }
    for (var c = 0u; c < count; c++) {
        let word = kept[first + place_of(start, center, from_context + c)];
        if ((word & FROZEN) == 0u) {
            // A word may be there twice.
            store_w_in(word, quad, load_w_in(word, quad) + moved[c]);
        }
    }
}
