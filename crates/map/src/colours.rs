//! Colours for light and dark pages that people with colour blindness can distinguish.
//!
//! Source: Okabe and Ito 2008, without their yellow and black, which vanish on one background or the other, and with
//! grey added; lightened for dark pages. Names are drawn in a mixture with the text colour, so that they are readable: a
//! contrast of at least 4.5 to 1 with the page (Web Content Accessibility Guidelines, AA).

use crate::word_map::COLOURS;

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// The colours of a light or dark page.
pub struct Theme {
    pub paper: Rgb,
    pub ink: Rgb,
    /// Secondary text, and lines.
    pub muted: Rgb,
    /// Dots, by group.
    pub groups: [Rgb; COLOURS],
}

pub const LIGHT: Theme = Theme {
    paper: [0xfc, 0xfc, 0xfa],
    ink: [0x1d, 0x20, 0x26],
    muted: [0x66, 0x6b, 0x74],
    groups: [
        [0x00, 0x72, 0xb2],
        [0xd5, 0x5e, 0x00],
        [0x00, 0x9e, 0x73],
        [0xcc, 0x79, 0xa7],
        [0xe6, 0x9f, 0x00],
        [0x56, 0xb4, 0xe9],
        [0x80, 0x86, 0x8f],
    ],
};

pub const DARK: Theme = Theme {
    paper: [0x14, 0x16, 0x1a],
    ink: [0xed, 0xef, 0xf2],
    muted: [0x9a, 0xa1, 0xab],
    groups: [
        [0x3d, 0x9b, 0xdc],
        [0xf2, 0x7d, 0x2d],
        [0x1f, 0xbd, 0x8f],
        [0xe0, 0x94, 0xbf],
        [0xf5, 0xb8, 0x3d],
        [0x90, 0xd1, 0xf7],
        [0xa8, 0xae, 0xb8],
    ],
};

impl Theme {
    /// The colour of the names in a group.
    pub fn name(&self, group: usize) -> Rgb {
        mix(self.groups[group], self.ink)
    }
}

/// Two parts of `a` to three of `b`.
fn mix(a: Rgb, b: Rgb) -> Rgb {
    std::array::from_fn(|i| ((2 * u16::from(a[i]) + 3 * u16::from(b[i])) / 5) as u8)
}

/// `#0072b2`
pub fn hex([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The guidelines' formula.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let linear = |x: u8| {
            let x = f64::from(x) / 255.0;
            if x <= 0.04045 { x / 12.92 } else { ((x + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |[r, g, b]: Rgb| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn all_text_can_be_read() {
        assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 1e-9);
        for theme in [LIGHT, DARK] {
            assert!(contrast(theme.ink, theme.paper) > 12.0);
            assert!(contrast(theme.muted, theme.paper) >= 4.5);
            for group in 0..COLOURS {
                let got = contrast(theme.name(group), theme.paper);
                assert!(got >= 4.5, "group {group}: {got}");
            }
        }
    }

    #[test]
    fn all_dots_can_be_seen() {
        for theme in [LIGHT, DARK] {
            assert!(theme.groups.iter().all(|&colour| contrast(colour, theme.paper) > 2.0));
        }
    }
}
