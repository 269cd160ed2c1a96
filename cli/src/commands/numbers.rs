//! Whole numbers as people type them: `1000`, `1_000`, `1,000`, `1e3`, `100k`, `1.5m`, `2g`.

use crate::output::messages;
use std::fmt::Display;
use std::ops::{Bound, RangeBounds};

/// Parses a whole number; for clap's `value_parser`.
pub fn count<N: TryFrom<u64>>(text: &str) -> Result<N, String> {
    let number = parse(text).ok_or_else(messages::whole_number)?;
    N::try_from(number).map_err(|_| messages::number_too_large())
}

/// The same for a number within `range`, which has a lower bound.
pub fn count_in<N: TryFrom<u64> + PartialOrd + Display>(
    range: impl RangeBounds<N> + Clone + Send + Sync + 'static,
) -> impl Fn(&str) -> Result<N, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = count(text)?;
        if range.contains(&number) { Ok(number) } else { Err(outside(&range)) }
    }
}

/// Parses a number of threads.
pub fn threads(text: &str) -> Result<usize, String> {
    count_in(0..=rapidvec::parallel::MAX_THREADS)(text)
}

fn outside<N: Display>(range: &impl RangeBounds<N>) -> String {
    let least = match range.start_bound() {
        Bound::Included(least) | Bound::Excluded(least) => least.to_string(),
        Bound::Unbounded => "0".into(),
    };
    match range.end_bound() {
        Bound::Included(most) | Bound::Excluded(most) => messages::number_from_to(least, most),
        Bound::Unbounded => messages::number_from(least),
    }
}

fn parse(text: &str) -> Option<u64> {
    let (digits, factor) = match text.as_bytes().last()?.to_ascii_lowercase() {
        b'k' => (&text[..text.len() - 1], 3),
        b'm' => (&text[..text.len() - 1], 6),
        b'g' | b'b' => (&text[..text.len() - 1], 9),
        _ => (text, 0),
    };
    let (digits, exponent) = match digits.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.strip_prefix('+').unwrap_or(exponent).parse::<u32>().ok()?),
        None => (digits, 0),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    let places = u32::try_from(part.len()).ok()?;
    let zeros = (exponent.checked_add(factor)?).checked_sub(places)?; // otherwise it is not a whole number
    let number: u64 = digits_of(&(ungrouped(whole)? + part))?;
    number.checked_mul(10u64.checked_pow(zeros)?)
}

fn digits_of(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The digits of `1,000` or `1_000`; groups after a comma have three.
fn ungrouped(text: &str) -> Option<String> {
    let mut groups = text.split([',', '_']);
    let first = groups.next()?;
    let has_commas = text.contains(',');
    let is_group = |group: &str| if has_commas { group.len() == 3 } else { !group.is_empty() };
    (!first.is_empty() && (!has_commas || first.len() <= 3) && groups.all(is_group))
        .then(|| text.replace([',', '_'], ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for text in ["1000", "1_000", "1,000", "1e3", "1E3", "1k", "1K", "1.0e3", "0.001m", "1.000k", "10e2"] {
            assert_eq!(count::<u32>(text), Ok(1000), "{text}");
        }
        assert_eq!(count::<u64>("1.5m"), Ok(1_500_000));
        assert_eq!(count::<u64>("2g"), Ok(2_000_000_000));
        assert_eq!(count::<u64>("1,234,567"), Ok(1_234_567));
        assert_eq!(count::<usize>("0"), Ok(0));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "", "k", "x", "-1", "1,00", "1,0000", ",1", "1_", "1.5", "1e-3", "1ee3", "1 000", "٣", "1e99", "1.2.3",
            "1e",
        ] {
            assert!(count::<u64>(text).is_err(), "{text}");
        }
        assert!(count::<u32>("5g").unwrap_err().contains("too large"));
    }

    #[test]
    fn a_number_out_of_range_is_refused_with_the_range() {
        assert_eq!(count_in(1..=20_000u32)("20k"), Ok(20_000));
        assert_eq!(count_in(1..=20_000u32)("0"), Err("expected a number from 1 to 20000".to_owned()));
        assert_eq!(count_in(1u32..)("0"), Err("expected a number from 1".to_owned()));
    }
}
