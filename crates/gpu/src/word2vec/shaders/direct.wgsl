// Rows that stay in the card's memory, where they do not fit into that of a workgroup. What one thread writes, others read
// after the next barrier.

fn sentence(first: u32, key: vec2<u32>, from_word: u32, to_word: u32, rate: f32, thread: u32) {
    for (var center = from_word; center < to_word; center++) {
        choose_targets(key, center, kept[first + center] & ~FROZEN, thread);
        storageBarrier();
        workgroupBarrier();
        let width = width_of(key, center);
        let start = center - min(width, center - from_word);
        let end = min(center + width + 1u, to_word);
        window(first, start, center, end, rate, thread);
    }
}
