//! The header of NumPy's `.npy`, which describes the array after it.

/// The alignment of an array's data.
const ALIGNMENT: usize = 64;

/// The header of an array, version 1; `kind` as in `<f4`, `shape` as in `(3, 2)`.
pub fn head(kind: &str, shape: &str) -> Vec<u8> {
    let mut text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    let before = b"\x93NUMPY\x01\x00__".len();
    let padded = (before + text.len() + 1).next_multiple_of(ALIGNMENT);
    text.extend(std::iter::repeat_n(' ', padded - before - text.len() - 1));
    text.push('\n');
    let length = (text.len() as u16).to_le_bytes(); // two numbers of 20 digits at most
    [&b"\x93NUMPY\x01\x00"[..], &length, text.as_bytes()].concat()
}
