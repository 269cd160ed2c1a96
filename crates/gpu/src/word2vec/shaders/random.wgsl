// Random bits that follow from four numbers: pcg4d (Jarzynski and Olano 2020). The twin is random.rs.

const KEEP = 0u;          // whether subsampling keeps an id; counted by its place in the segment
const WIDTH = 1u;         // how wide a window is; counted, as all below, by the place of its center among the words kept
const NEGATIVES_FROM = 2u; // TRIES numbers for each negative

const TRIES = 8u;
const NONE = 0xffffffffu;

fn random(counter: vec4<u32>) -> vec4<u32> {
    var v = counter * 1664525u + 1013904223u;
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    v = v ^ (v >> vec4<u32>(16u));
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    return v;
}

// A whole number below n: the upper half of bits * n.
fn below(bits: u32, n: u32) -> u32 {
    let low = (bits & 0xffffu) * (n & 0xffffu);
    let middle = (bits >> 16u) * (n & 0xffffu) + (low >> 16u);
    let other = (bits & 0xffffu) * (n >> 16u) + (middle & 0xffffu);
    return (bits >> 16u) * (n >> 16u) + (middle >> 16u) + (other >> 16u);
}
