//! How wide a name is on a page whose font is not known.
//!
//! Widths are those of DejaVu Sans, in thousandths of the font's size: of the fonts that come with systems it is about the
//! widest, so a name takes at most as much room as it was given. Korean, Chinese and Japanese characters are squares.

use unicode_width::UnicodeWidthChar;

/// From `!` to `~`.
const ASCII: [u16; 94] = [
    401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337, 637, 637, 637, 637, 637, 637, 637, 637,
    637, 637, 337, 337, 838, 838, 838, 531, 1000, 684, 687, 699, 771, 632, 576, 775, 752, 295, 295, 656, 558, 863, 749,
    788, 604, 788, 695, 635, 611, 732, 684, 989, 686, 611, 686, 391, 337, 391, 838, 500, 500, 613, 635, 550, 635, 616,
    353, 635, 634, 278, 278, 580, 278, 975, 634, 612, 635, 635, 412, 521, 393, 634, 592, 818, 592, 592, 525, 637, 337,
    637, 838,
];
/// Other letters of one column: Cyrillic and Greek have a few that are wide.
const OTHER: u16 = 750;
/// Of one column, and yet wider than a square: the sign for what cannot be shown, an ellipsis, a long dash.
const WIDE: u16 = 1025;
const SPACE: u16 = 318;
const SQUARE: u16 = 1000;

/// The width of a name, in sizes of the font.
pub fn text_width(text: &str) -> f64 {
    text.chars().map(|character| f64::from(of_char(character))).sum::<f64>() / 1000.0
}

fn of_char(character: char) -> u16 {
    match character {
        ' ' => SPACE,
        '!'..='~' => ASCII[character as usize - '!' as usize],
        '\u{fffd}' | '…' | '—' => WIDE,
        _ => match character.width().unwrap_or(0) {
            0 => 0,
            1 => OTHER,
            _ => SQUARE,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_wide_as_their_letters() {
        for (text, expected) in [("", 0.0), ("il", 0.556), ("Wm", 1.964), ("a b", 1.566), ("안녕", 2.0), ("日", 1.0)]
        {
            assert!((text_width(text) - expected).abs() < 1e-9, "{text}: {}", text_width(text));
        }
        assert_eq!(text_width("e\u{301}"), text_width("e"));
        assert_eq!(text_width("\u{1112}\u{1161}\u{11ab}"), text_width("한"));
        assert_eq!(text_width("~"), 0.838);
        assert!(text_width("\u{fffd}") > 1.0 && text_width("…") >= 1.0); // what `shown` puts in place of others
    }
}
