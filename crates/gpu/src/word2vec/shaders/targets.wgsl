// The output rows of a window: its center's, and those of words drawn in proportion to a power of their counts, never the
// center. All contexts of the window share them. A word drawn twice counts once. The twin is targets.rs.

// Walker's alias table: the bits below which a column keeps its own word, and the other word.
@group(0) @binding(3) var<storage, read> alias_table: array<vec2<u32>>;

// Two: the next window's are drawn while the last one's are in use.
var<workgroup> target_ids: array<u32, 2u * TARGETS>;
var<workgroup> is_live: array<u32, TARGETS>;

fn negative(key: vec2<u32>, center: u32, k: u32, word: u32) -> u32 {
    for (var attempt = 0u; attempt < TRIES; attempt++) {
        let bits = random(vec4<u32>(key, center, NEGATIVES_FROM + k * TRIES + attempt));
        let column = below(bits.x, WORDS);
        let entry = alias_table[column];
        let drawn = select(entry.y, column, bits.y < entry.x);
        if (drawn != word) {
            return drawn;
        }
    }
    return NONE;
}

// Where the ids of a window's targets begin.
fn targets_of(center: u32) -> u32 {
    return (center & 1u) * TARGETS;
}

fn choose_targets(key: vec2<u32>, center: u32, word: u32, thread: u32) {
    let first = targets_of(center);
    for (var k = thread; k < TARGETS - 1u; k += THREADS) {
        target_ids[first + 1u + k] = negative(key, center, k, word);
    }
    if (thread == 0u) {
        target_ids[first] = word;
    }
    workgroupBarrier();
    for (var t = thread; t < TARGETS; t += THREADS) {
        let id = target_ids[first + t];
        var live = id != NONE;
        for (var earlier = 1u; earlier < t; earlier++) {
            live = live && target_ids[first + earlier] != id;
        }
        is_live[t] = u32(live);
    }
}

fn width_of(key: vec2<u32>, center: u32) -> u32 {
    if (!DYNAMIC) {
        return WINDOW;
    }
    return 1u + below(random(vec4<u32>(key, center, WIDTH)).x, WINDOW);
}
