//! A chart as a file: SVG, or with the feature `png` also PNG.

use super::line_chart::LineChart;
use rapidvec::atomic_file::{self, Existing};
use std::path::{Path, PathBuf};

/// Accepts names whose extension says what to draw.
pub fn chart_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("svg") => Ok(path),
        Some("png") if cfg!(feature = "png") => Ok(path),
        Some("png") => Err("this build draws SVG only (feature `png` is off); use a name that ends in .svg".to_owned()),
        _ => Err("expected a name that ends in .svg or .png".to_owned()),
    }
}

/// Writes the picture to a file that [`chart_path`] accepts; nothing where there is nothing to draw.
pub fn save_chart(chart: &LineChart, path: &Path, existing: Existing) -> anyhow::Result<()> {
    let Some(svg) = chart.svg() else { return Ok(()) };
    #[cfg(feature = "png")]
    if path.extension().is_some_and(|ending| ending == "png") {
        let png = super::png::draw(chart).map_err(|reason| anyhow::anyhow!("{}: {reason}", path.display()))?;
        return Ok(atomic_file::write(path, existing, |out| out.write_all(&png))?);
    }
    Ok(atomic_file::write(path, existing, |out| out.write_all(svg.as_bytes()))?)
}
