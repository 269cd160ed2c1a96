//! Converts a decimal number to the nearest f32, fast in the simple cases and by the standard library in the others.
//!
//! `w x 10^e` with `w < 2^53` and `|e| <= 22` is one correctly rounded f64 multiplication or division, since both operands
//! are exact (Clinger 1990). Rounding that f64 once more, to f32, gives the nearest f32 unless the f64 lies exactly
//! halfway between two f32: rounding to f64 keeps order, and halves are f64 themselves, so a value on one side of a half
//! can reach it but never cross it. Halves, numbers below the normal f32 and long ones go to [`str::parse`].

/// Separators between fields.
pub(super) fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
/// More digits may not fit 64 bits.
const MAX_DIGITS: usize = 19;
const MAX_EXACT: u64 = 1 << 53;
/// The bits of an f64 that an f32 lacks, and half of the step between two f32.
const DROPPED: u64 = (1 << 29) - 1;
const HALF: u64 = 1 << 28;

/// The number at the start of `bytes`, and its length: it ends before a separator, a line end or the end.
pub(super) fn leading(bytes: &[u8]) -> Option<(f32, usize)> {
    simple(bytes).or_else(|| any(bytes))
}

/// The number that makes up the whole of `field`.
pub(in crate::format) fn whole(field: &[u8]) -> Option<f32> {
    leading(field).filter(|&(_, length)| length == field.len()).map(|(number, _)| number)
}

fn any(bytes: &[u8]) -> Option<(f32, usize)> {
    let length = bytes.iter().position(|&b| is_separator(b) || b == b'\n').unwrap_or(bytes.len());
    let number = std::str::from_utf8(&bytes[..length]).ok()?.parse().ok()?;
    Some((number, length))
}

/// Digits read so far: their value, their number (without leading zeros), and where they end.
struct Digits {
    value: u64,
    significant: usize,
    end: usize,
}

impl Digits {
    fn go_on(mut self, bytes: &[u8]) -> Self {
        while let Some(digit) = bytes.get(self.end).map(|b| b.wrapping_sub(b'0')).filter(|&digit| digit < 10) {
            self.value = self.value.wrapping_mul(10).wrapping_add(u64::from(digit)); // checked by their count
            self.significant += usize::from(self.value != 0 || self.significant > 0);
            self.end += 1;
        }
        self
    }
}

/// `None` for anything that is not a number, and for numbers that need more care.
fn simple(bytes: &[u8]) -> Option<(f32, usize)> {
    let negative = bytes.first() == Some(&b'-');
    let start = usize::from(negative);
    let whole = Digits { value: 0, significant: 0, end: start }.go_on(bytes);
    let point = whole.end;
    let has_point = bytes.get(point) == Some(&b'.');
    let digits = if has_point { Digits { end: point + 1, ..whole }.go_on(bytes) } else { whole };
    let fraction = if has_point { digits.end - point - 1 } else { 0 };
    if digits.end - start == usize::from(has_point) || digits.significant > MAX_DIGITS || digits.value > MAX_EXACT {
        return None;
    }
    let (exponent, end) = exponent(bytes, digits.end)?;
    let next = bytes.get(end).copied().unwrap_or(b'\n');
    if next != b'\n' && !is_separator(next) {
        return None;
    }
    let single = scaled(digits.value, exponent.checked_sub(i32::try_from(fraction).ok()?)?)?;
    Some((if negative { -single } else { single }, end))
}

/// The exponent after byte `at` (0 where there is none), and where it ends.
fn exponent(bytes: &[u8], at: usize) -> Option<(i32, usize)> {
    if !matches!(bytes.get(at), Some(b'e' | b'E')) {
        return Some((0, at));
    }
    let sign = bytes.get(at + 1);
    let start = at + 1 + usize::from(matches!(sign, Some(b'-' | b'+')));
    let digits = Digits { value: 0, significant: 0, end: start }.go_on(bytes);
    if digits.end == start || digits.significant > 4 {
        return None;
    }
    let value = i32::try_from(digits.value).ok()?;
    Some((if sign == Some(&b'-') { -value } else { value }, digits.end))
}

/// `value x 10^exponent`, rounded once, if that is cheap.
fn scaled(value: u64, exponent: i32) -> Option<f32> {
    if value == 0 {
        return Some(0.0);
    }
    let power = *POWERS.get(exponent.unsigned_abs() as usize)?;
    let double = if exponent < 0 { value as f64 / power } else { value as f64 * power };
    let halfway = double.to_bits() & DROPPED == HALF;
    let normal = double >= f64::from(f32::MIN_POSITIVE) && double <= f64::from(f32::MAX);
    (normal && !halfway).then_some(double as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Both ways give the bits that the standard library gives; `simple` may pass.
    fn check(text: &str) {
        let expected: Result<f32, _> = text.parse();
        match (&expected, whole(text.as_bytes())) {
            (Ok(expected), Some(got)) => {
                assert!(expected.to_bits() == got.to_bits() || expected.is_nan() && got.is_nan(), "{text}: {got:e}");
            }
            (Err(_), None) => {}
            (expected, got) => panic!("{text:?}: {got:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn agrees_with_the_standard_library_on_the_odd_ones() {
        let texts = "0 -0 0.0 -0.0 1 +1 .5 5. . - + e 1e 1e+ 1e5 1E-5 -1.5e+3 00012.50 1e22 1e23 1e-22 1e-23 1e38 3.4028235e38 \
                     3.4028236e38 1e39 1e-38 1e-45 1e-46 1.17549435e-38 16777217 16777217.0000001 16777219 9007199254740993 \
                     0.1 0.30000001192092896 8388608.5 8388609.5 123456789012345678901234567890 0.000000000000000000000000001 \
                     nan NaN inf -inf infinity -Infinity 1_0 0x1 1.2.3 1,5 --1 1e5e5 1e99999 1e-99999 0e99999 1e999999999999 .e5 1.e5";
        texts.split_whitespace().for_each(check);
        check("");
    }

    #[test]
    fn a_halfway_case_is_not_rounded_twice() {
        // Just above the middle of 1 and the next f32; its nearest f64 is the middle, which rounds down, to even.
        let text = "1.000000059604644775390625000001";
        assert_eq!(whole(text.as_bytes()), Some(1.0000001));
        assert_eq!(whole(b"1.00000005960464477539"), Some(1.0));
        check("1.0000000596046448");
        check("1.0000000596046447");
    }

    #[test]
    fn stops_where_a_field_stops() {
        assert_eq!(leading(b"1.5 2"), Some((1.5, 3)));
        assert_eq!(leading(b"1.5\t2"), Some((1.5, 3)));
        assert_eq!(leading(b"1.5\r\n"), Some((1.5, 3)));
        assert_eq!(leading(b"-2e3\n1"), Some((-2000.0, 4)));
        assert_eq!(leading(b"1.5x 2"), None);
        assert_eq!(leading(b" 1"), None);
        assert_eq!(leading(b"nan 1").map(|(n, length)| (n.is_nan(), length)), Some((true, 3)));
    }

    proptest! {
        #[test]
        fn any_float_comes_back_from_its_shortest_text(bits: u32) {
            let number = f32::from_bits(bits);
            prop_assume!(number.is_finite());
            prop_assert_eq!(whole(zmij::Buffer::new().format(number).as_bytes()).map(f32::to_bits), Some(bits));
            prop_assert_eq!(whole(format!("{number}").as_bytes()).map(f32::to_bits), Some(bits));
        }

        #[test]
        fn any_decimal_is_rounded_as_the_standard_library_rounds_it(text in "[-+]?[0-9]{0,12}\\.?[0-9]{0,22}([eE][-+]?[0-9]{1,2})?") {
            check(&text);
        }

        #[test]
        fn numbers_near_the_middle_of_two_floats_too(bits in 0x0080_0000u32..0x7f00_0000, digits in 8usize..20) {
            let number = f32::from_bits(bits);
            let middle = (f64::from(number) + f64::from(number.next_up())) / 2.0;
            check(&format!("{middle:.digits$e}"));
        }
    }
}
