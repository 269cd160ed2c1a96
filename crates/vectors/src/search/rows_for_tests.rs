//! A few words and their vectors for tests, all exact in half precision. The tests of `cli` use them too.

/// Words and vectors; the last has no direction.
pub const ROWS: [(&str, [f32; 3]); 9] = [
    ("king", [2.0, 1.0, 0.5]),
    ("man", [1.0, 0.25, -0.5]),
    ("queen", [1.5, 2.0, 1.0]),
    ("woman", [0.5, 1.5, 0.25]),
    ("car", [-1.0, 0.5, 3.0]),
    ("you", [0.75, -2.0, 0.5]),
    ("안녕", [0.5, -2.0, 0.75]),
    ("한국어말", [-2.0, 0.25, 1.0]),
    ("zero", [0.0, 0.0, 0.0]),
];
