// The context rows of a window in workgroup memory. A row is read once, when its word comes into reach, and written once, when it
// leaves: what was learned meanwhile is added to what other workgroups made of the row. A thread owns columns: it alone
// reads and writes quads thread, thread + THREADS, ... of every row outside `scores`. The twin is ring.rs.

var<workgroup> value: array<vec4<f32>, SLOTS * PITCH>;
var<workgroup> change: array<vec4<f32>, SLOTS * PITCH>;
var<workgroup> target_rows: array<vec4<f32>, TARGETS * PITCH>;

fn enter(place: u32, word: u32, thread: u32) {
    let at = (place % SLOTS) * PITCH;
    for (var quad = thread; quad < QUADS; quad += THREADS) {
        value[at + quad] = load_w_in(word & ~FROZEN, quad);
        change[at + quad] = vec4<f32>(0.0);
    }
}

fn leave(place: u32, word: u32, thread: u32) {
    if ((word & FROZEN) != 0u) {
        return;
    }
    let at = (place % SLOTS) * PITCH;
    for (var quad = thread; quad < QUADS; quad += THREADS) {
        store_w_in(word, quad, load_w_in(word, quad) + change[at + quad]);
    }
}

fn load_targets(center: u32, thread: u32) {
    let first = targets_of(center);
    for (var quad = thread; quad < QUADS; quad += THREADS) {
        for (var t = 0u; t < TARGETS; t++) {
            let id = target_ids[first + t];
            var row = vec4<f32>(0.0);
            if (id != NONE) {
                row = load_w_out(id, quad);
            }
            target_rows[t * PITCH + quad] = row;
        }
    }
}

fn sentence(first: u32, key: vec2<u32>, from_word: u32, to_word: u32, rate: f32, thread: u32) {
    var loaded = from_word;
    for (var center = from_word; center < to_word; center++) {
        let reach = min(to_word, center + WINDOW + 1u);
        for (; loaded < reach; loaded++) {
            if (loaded >= from_word + SLOTS) {
                leave(loaded - SLOTS, kept[first + loaded - SLOTS], thread);
            }
            enter(loaded, kept[first + loaded], thread);
        }
        choose_targets(key, center, kept[first + center] & ~FROZEN, thread);
        load_targets(center, thread);
        workgroupBarrier();
        let width = width_of(key, center);
        let start = center - min(width, center - from_word);
        let end = min(center + width + 1u, to_word);
        window(first, start, center, end, rate, thread);
    }
    let left = loaded - min(loaded - from_word, SLOTS);
    for (var place = left; place < loaded; place++) {
        leave(place, kept[first + place], thread);
    }
}
