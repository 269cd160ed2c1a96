//! A map of words, and the two forms it can take: a picture (SVG) and a page (HTML).

mod colour;
mod escape;
mod html;
mod layout;
mod svg;
mod text;

pub use colour::COLOURS;
pub use html::html;
pub use layout::{Dot, Nearest, WordMap};
pub use svg::svg;

/// What a map is written as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// A picture.
    Svg,
    /// A page that stands alone.
    Html,
}
