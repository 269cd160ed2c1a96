// The way through the text: a workgroup takes a segment, sentence by sentence. What it does with a sentence is in the file of
// the model. The twin is segments.rs.
//
// A dispatch takes BUDGET words of each segment: its number is that of the workgroups in the second dimension less one, and
// only the first of them work. Real cards take all words in one; see `budget` in shape.rs.

const NOT_A_NUMBER = 0x7fc00000u;

@group(0) @binding(1) var<storage, read> kept: array<u32>;
@group(0) @binding(2) var<storage, read> kept_counts: array<u32>;
// For each segment: pairs, words, and the loss of each thread.
@group(0) @binding(4) var<storage, read_write> results: array<u32>;

var<private> loss: f32;
var<private> bad: u32;
var<private> pairs: u32;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    if (group.y > 0u) {
        return;
    }
    for (var s = group.x; s < plan.count; s += groups.x) {
        train(s, groups.y - 1u, thread);
    }
}

fn train(s: u32, dispatch: u32, thread: u32) {
    loss = 0.0;
    bad = 0u;
    pairs = 0u;
    let segment = plan.list[s];
    let all = kept_counts[s];
    let words = min(all, (dispatch + 1u) * BUDGET);
    var words_kept = 0u;
    var from_word = dispatch * BUDGET;
    while (from_word < words) {
        var to_word = from_word;
        while (to_word < words && kept[segment.first + to_word] != END) {
            to_word++;
        }
        words_kept += to_word - from_word;
        if (to_word - from_word >= 2u) {
            let done = f32(from_word) / f32(all);
            let rate = segment.first_rate + (segment.last_rate - segment.first_rate) * done;
            sentence(segment.first, segment.key, from_word, to_word, rate, thread);
        }
        from_word = to_word + 1u;
    }
    let at = s * (THREADS + 2u);
    if (dispatch > 0u) {
        pairs += results[at];
        words_kept += results[at + 1u];
        let before = results[at + 2u + thread];
        bad |= u32(before == NOT_A_NUMBER);
        loss += bitcast<f32>(before);
    }
    workgroupBarrier();
    if (thread == 0u) {
        results[at] = pairs;
        results[at + 1u] = words_kept;
    }
    results[at + 2u + thread] = select(bitcast<u32>(loss), NOT_A_NUMBER, bad != 0u);
}

// What a score is moved by; its loss is added to this thread's. As word2vec does, scores beyond 6 are left alone.
fn learn(score: f32, is_target: bool, rate: f32) -> f32 {
    if ((bitcast<u32>(score) & 0x7f800000u) == 0x7f800000u) {
        bad = 1u;
    }
    let wrong = select(score, -score, is_target);
    loss += max(wrong, 0.0) + log(1.0 + exp(-abs(wrong)));
    if (abs(score) > 6.0) {
        return 0.0;
    }
    return rate * (select(0.0, 1.0, is_target) - 1.0 / (1.0 + exp(-score)));
}

fn total(sums: vec4<f32>) -> f32 {
    return (sums.x + sums.y) + (sums.z + sums.w);
}

// The place of context c of a window, which skips the center.
fn place_of(start: u32, center: u32, c: u32) -> u32 {
    return start + c + select(0u, 1u, start + c >= center);
}
