// Subsampling: the ids of each segment that are kept, one after the other. A workgroup takes a segment, THREADS ids at a
// time. The twin is compact.rs.

@group(0) @binding(1) var<storage, read> ids: array<u32>;
// For each word the largest number with which it stays; the lowest bit says that it is not trained.
@group(0) @binding(2) var<storage, read> keep: array<u32>;
@group(0) @binding(3) var<storage, read_write> kept: array<u32>;
@group(0) @binding(4) var<storage, read_write> kept_counts: array<u32>;

const MASKS = (THREADS + 31u) / 32u;
// Which threads hold an id that stays; two, so that one can be read while the other is written.
var<workgroup> masks: array<atomic<u32>, 2u * MASKS>;

@compute @workgroup_size(THREADS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    for (var s = group.x; s < plan.count; s += groups.x) {
        compact(s, thread);
    }
}

fn compact(s: u32, thread: u32) {
    let segment = plan.list[s];
    var count = 0u;
    var half = 0u;
    for (var start = 0u; start < segment.length; start += THREADS) {
        let at = start + thread;
        if (thread < MASKS) {
            atomicStore(&masks[half + thread], 0u);
        }
        workgroupBarrier();
        var id = END;
        var stays = false;
        if (at < segment.length) {
            id = ids[segment.first + at];
            stays = id == END;
            if (!stays) {
                let limit = keep[id];
                stays = (random(vec4<u32>(segment.key, at, KEEP)).x >> 1u) <= (limit >> 1u);
                id |= (limit & 1u) * FROZEN;
            }
        }
        if (stays) {
            atomicOr(&masks[half + thread / 32u], 1u << (thread % 32u));
        }
        workgroupBarrier();
        var before = 0u;
        var all = 0u;
        for (var word = 0u; word < MASKS; word++) {
            let mask = atomicLoad(&masks[half + word]);
            all += countOneBits(mask);
            if (word < thread / 32u) {
                before += countOneBits(mask);
            } else if (word == thread / 32u) {
                before += countOneBits(mask & ((1u << (thread % 32u)) - 1u));
            }
        }
        if (stays) {
            kept[segment.first + count + before] = id;
        }
        count += all;
        half = MASKS - half;
    }
    workgroupBarrier();
    if (thread == 0u) {
        kept_counts[s] = count;
    }
}
