//! A chart as a file: SVG, or with the feature `png` also PNG.

use super::language::message as messages;
use super::line_chart::LineChart;
use rapidvec::atomic_file::{self, Existing};
use std::path::{Path, PathBuf};

/// Accepts names with the extension of a picture.
pub fn chart_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("svg") => Ok(path),
        Some("png") if cfg!(feature = "png") => Ok(path),
        Some("png") => Err(messages::no_png()),
        _ => Err(messages::name_must_end(".svg, .png")),
    }
}

/// Writes the picture to a file that [`chart_path`] accepts, unless there is nothing to draw.
pub fn save_chart(chart: &LineChart, path: &Path, existing: Existing) -> anyhow::Result<()> {
    let Some(svg) = chart.svg() else { return Ok(()) };
    #[cfg(feature = "png")]
    if path.extension().is_some_and(|ending| ending == "png") {
        let png = super::png::draw(chart).map_err(|reason| anyhow::anyhow!("{}: {reason}", path.display()))?;
        return Ok(atomic_file::write(path, existing, |out| out.write_all(&png))?);
    }
    Ok(atomic_file::write(path, existing, |out| out.write_all(svg.as_bytes()))?)
}
