// CBOW with the contexts in workgroup memory. The twin is cbow.rs.

fn context_row(first: u32, place: u32, quad: u32) -> vec4<f32> {
    return value[(place % SLOTS) * PITCH + quad];
}

fn target_row(center: u32, t: u32, quad: u32) -> vec4<f32> {
    return target_rows[t * PITCH + quad];
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
