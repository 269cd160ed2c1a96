// CBOW with all rows in the card's memory. The twin is cbow.rs.

fn context_row(first: u32, place: u32, quad: u32) -> vec4<f32> {
    return load_w_in(kept[first + place] & ~FROZEN, quad);
}

fn target_row(center: u32, t: u32, quad: u32) -> vec4<f32> {
    return load_w_out(target_ids[targets_of(center) + t], quad);
}

fn update(first: u32, start: u32, center: u32, contexts: u32, quad: u32) {
    let targets = targets_of(center);
    var moved = vec4<f32>(0.0);
    for (var t = 0u; t < TARGETS; t++) {
        if (is_live[t] != 0u) {
            let id = target_ids[targets + t];
            let row = load_w_out(id, quad);
            moved += steps[t] * row;
            store_w_out(id, quad, row + steps[t] * hidden[quad]);
        }
    }
    for (var c = 0u; c < contexts; c++) {
        let word = kept[first + place_of(start, center, c)];
        if ((word & FROZEN) == 0u) {
            store_w_in(word, quad, load_w_in(word, quad) + moved);
        }
    }
}
