// All that an example does by itself, one workgroup an example: the hidden vector, the scores of its words, their losses and
// gradients, and the gradient of the hidden vector. The weights are only read.
//
//     h[b] = FACTOR Σ_c w_in[ids[b][c]]                    Embedding
//     score = h[b] · w_out[word]                           EmbeddingDot
//     loss -log σ(± score), dscore (σ(score) - label) / B  SigmoidWithLoss
//     dh[b] = Σ dscore w_out[word]                         EmbeddingDot, backward
//
// A lane owns every LANES-th quad of four columns. The scores of up to WORDS_AT_ONCE words are summed together: each lane
// writes its part of each, then lane i adds up the parts of word i, in their order.

@group(0) @binding(1) var<storage, read_write> h: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> dh: array<vec4<f32>>;
/// In the order of the ids of `w_out`.
@group(0) @binding(3) var<storage, read_write> dscores: array<f32>;
/// One for each example.
@group(0) @binding(4) var<storage, read_write> losses: array<f32>;

const WORDS_AT_ONCE = 32u;
/// One more than there are lanes, so that lanes which read different words read from different banks.
const STRIDE = LANES + 1u;

var<workgroup> parts: array<f32, WORDS_AT_ONCE * STRIDE>;
var<workgroup> dscores_at_once: array<f32, WORDS_AT_ONCE>;

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let batch = plan[BATCH];
    for (var b = group.x; b < batch; b += groups.x) {
        hide(b, lane);
        var loss = 0.0;
        for (var first = 0u; first < PREDICTIONS * WORDS; first += WORDS_AT_ONCE) {
            let count = min(WORDS_AT_ONCE, PREDICTIONS * WORDS - first);
            for (var i = 0u; i < count; i++) {
                parts[i * STRIDE + lane] = part_of_score(b, word(place(first + i, b)), lane);
            }
            workgroupBarrier();
            if (lane < count) {
                loss += judge(first + lane, b, lane);
            }
            workgroupBarrier();
            for (var quad = lane; quad < QUADS; quad += LANES) {
                add_to_dh(b, first, count, quad);
            }
        }
        workgroupBarrier();
        parts[lane] = loss;
        workgroupBarrier();
        if (lane == 0u) {
            var sum = 0.0;
            for (var i = 0u; i < LANES; i++) {
                sum += parts[i];
            }
            losses[plan[LOSSES] + b] = sum;
        }
        workgroupBarrier();
    }
}

/// Where word `j` of example `b` is among the ids of `w_out`: for each prediction, for each example, the true word and its
/// negatives.
fn place(j: u32, b: u32) -> u32 {
    return ((j / WORDS) * plan[BATCH] + b) * WORDS + j % WORDS;
}

fn word(place: u32) -> u32 {
    return entry(OUT, IDS, place);
}

fn hide(b: u32, lane: u32) {
    for (var quad = lane; quad < QUADS; quad += LANES) {
        var sum = vec4(0.0);
        for (var c = 0u; c < INPUTS; c++) {
            sum += load_w_in(entry(IN, IDS, b * INPUTS + c), quad);
        }
        h[b * QUADS + quad] = FACTOR * sum;
        dh[b * QUADS + quad] = vec4(0.0);
    }
}

fn part_of_score(b: u32, word: u32, lane: u32) -> f32 {
    var sum = 0.0;
    for (var quad = lane; quad < QUADS; quad += LANES) {
        sum += dot(h[b * QUADS + quad], load_w_out(word, quad));
    }
    return sum;
}

/// The loss of word `j`, whose parts are in line `i`. Keeps its gradient.
fn judge(j: u32, b: u32, i: u32) -> f32 {
    var score = 0.0;
    for (var l = 0u; l < LANES; l++) {
        score += parts[i * STRIDE + l];
    }
    let label = select(0.0, 1.0, j % WORDS == 0u);
    let judged = sigmoid_and_loss(score, 2.0 * label - 1.0);
    let dscore = (judged.x - label) / f32(plan[BATCH]);
    dscores_at_once[i] = dscore;
    dscores[place(j, b)] = dscore;
    return judged.y;
}

fn add_to_dh(b: u32, first: u32, count: u32, quad: u32) {
    var sum = dh[b * QUADS + quad];
    for (var i = 0u; i < count; i++) {
        sum += dscores_at_once[i] * load_w_out(word(place(first + i, b)), quad);
    }
    dh[b * QUADS + quad] = sum;
}
