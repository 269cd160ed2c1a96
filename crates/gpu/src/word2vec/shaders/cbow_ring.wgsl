// CBOW with the contexts in workgroup memory. The twin is cbow.rs.

fn window(first: u32, start: u32, center: u32, end: u32, rate: f32, thread: u32) {
    let contexts = end - start - 1u;
    let factor = select(1.0 / f32(contexts), 1.0, SUM);
    for (var quad = thread; quad < QUADS; quad += THREADS) {
        var sum = vec4<f32>(0.0);
        for (var c = 0u; c < contexts; c++) {
            sum += value[(place_of(start, center, c) % SLOTS) * PITCH + quad];
        }
        hidden[quad] = sum * factor;
    }
    workgroupBarrier();
    for (var i = thread; i < TARGETS * PARTS; i += THREADS) {
        let t = i / PARTS;
        var sums = vec4<f32>(0.0);
        for (var quad = i % PARTS; quad < QUADS; quad += PARTS) {
            sums += hidden[quad] * target_rows[t * PITCH + quad];
        }
        partial[i] = total(sums);
    }
    pairs += 1u;
    hidden_steps(rate, thread);
    for (var quad = thread; quad < QUADS; quad += THREADS) {
        update(first, start, center, contexts, quad);
    }
}

fn update(first: u32, start: u32, center: u32, contexts: u32, quad: u32) {
    let targets = targets_of(center);
    var moved = vec4<f32>(0.0);
    for (var t = 0u; t < TARGETS; t++) {
        if (is_live[t] != 0u) {
            moved += steps[t] * target_rows[t * PITCH + quad];
            let id = target_ids[targets + t];
            store_w_out(id, quad, load_w_out(id, quad) + steps[t] * hidden[quad]);
        }
    }
    for (var c = 0u; c < contexts; c++) {
        let place = place_of(start, center, c);
        if ((kept[first + place] & FROZEN) == 0u) {
            let at = (place % SLOTS) * PITCH + quad;
            value[at] += moved;
            change[at] += moved;
        }
    }
}
