// The segments of a batch, as batch.rs lays them out, and the marks in their ids. Part of every shader.

struct Segment {
    first: u32,
    length: u32,
    key: vec2<u32>,
    first_rate: f32,
    last_rate: f32,
    unused: vec2<u32>,
}

struct Plan {
    count: u32,
    list: array<Segment>,
}

const END = 0xffffffffu; // the end of a sentence
const FROZEN = 0x80000000u;

@group(0) @binding(0) var<storage, read> plan: Plan;
