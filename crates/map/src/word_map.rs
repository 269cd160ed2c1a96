//! The positions of a model's words on a map, however it is drawn.

use crate::error::Error;
use crate::texts::Language;
use crate::{clusters, pca};
use rapidvec_core::WordId;
use rapidvec_vectors::{WordVectors, unit_rows};

/// The number of groups with their own colour.
pub(crate) const COLOURS: usize = 7;
/// The approximate minimum number of words in a group.
const WORDS_PER_GROUP: usize = 6;
/// The minimum number of words for t-SNE; fewer have no neighbourhoods to keep.
const MIN_FOR_TSNE: usize = 8;
/// The minimum ratio of the shorter side of the box to the longer one.
const SLIMMEST: f64 = 0.3;

/// A word and its position, in the units of the projection.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// The word.
    pub word: String,
    /// Its count; 0 if it is not known.
    pub count: u64,
    /// Its place from left to right.
    pub x: f64,
    /// Its place from top to bottom.
    pub y: f64,
    /// The number of its group, from 0 to 6.
    pub group: usize,
}

/// The method of projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The two axes along which the words differ most.
    Pca,
    /// Keeps neighbours together.
    #[cfg(feature = "tsne")]
    Tsne,
}

impl Method {
    /// The best method that this build has for that many words.
    pub fn suited_to(words: usize) -> Self {
        #[cfg(feature = "tsne")]
        if words >= MIN_FOR_TSNE {
            return Self::Tsne;
        }
        let _ = (words, MIN_FOR_TSNE);
        Self::Pca
    }
}

/// How a map is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MapOptions {
    /// The method of projection; `None` chooses by the number of words.
    pub method: Option<Method>,
    /// The seed of the random numbers of t-SNE and of the groups.
    pub seed: u64,
    /// The language of the map's own texts.
    pub language: Language,
}

impl Default for MapOptions {
    fn default() -> Self {
        Self { method: None, seed: 1, language: Language::English }
    }
}

/// Words in two dimensions, the most important first.
#[derive(Debug)]
pub struct WordMap {
    /// The name of the model.
    pub name: String,
    /// The method of projection, in words.
    pub method: String,
    /// The language of the title and the legend.
    pub language: Language,
    /// Not empty. The longer side of the box around them is 1, its upper left corner is (0, 0), and y grows downwards.
    pub dots: Vec<Dot>,
    /// Width by height of the box around the dots.
    pub aspect: f64,
}

impl WordMap {
    /// Lays out the words of `ids`, the most important first, for a map that is called `name`. `progress` is called with
    /// the share of the work that is done, from 0 to 1.
    ///
    /// # Errors
    /// [`Error`] if there are too few words for the method, or their vectors cannot be laid out.
    ///
    /// # Panics
    /// If an id is not one of the vocabulary's.
    pub fn new(
        vectors: &WordVectors,
        ids: &[WordId],
        name: &str,
        options: &MapOptions,
        progress: impl FnMut(f64) + Send,
    ) -> Result<Self, Error> {
        let size = vectors.vector_size();
        let rows = unit_rows(vectors.rows(), ids); // so that distances on the map correspond to cosines
        let language = options.language;
        let (places, method) = match options.method.unwrap_or(Method::suited_to(ids.len())) {
            #[cfg(feature = "tsne")]
            Method::Tsne => {
                let options = crate::TsneOptions { seed: options.seed, ..Default::default() };
                (crate::tsne::tsne_with(&rows, size, &options, progress)?, language.text("tsne", &[]))
            }
            Method::Pca => {
                let _ = progress;
                let seen = pca(&rows, size, 2)?;
                let share = format!("{:.0}", 100.0 * seen.explained.iter().sum::<f64>());
                (seen.points, language.text("pca", &[("share", &share)]))
            }
        };
        let groups = clusters(&rows, size, COLOURS.min(ids.len().div_ceil(WORDS_PER_GROUP)), options.seed)?;
        let vocabulary = vectors.vocabulary();
        let dots = ids.iter().zip(places.as_chunks::<2>().0).zip(groups).map(|((&id, &[x, y]), group)| Dot {
            word: vocabulary.word(id).to_owned(),
            count: vocabulary.count(id),
            x: f64::from(x),
            y: f64::from(y),
            group,
        });
        Ok(Self::of_dots(name.to_owned(), method, language, dots.collect()))
    }

    /// Moves and scales the dots to the unit box.
    pub(crate) fn of_dots(name: String, method: String, language: Language, mut dots: Vec<Dot>) -> Self {
        let (left, right) = range(dots.iter().map(|dot| dot.x));
        let (low, high) = range(dots.iter().map(|dot| dot.y));
        let longer = (right - left).max(high - low);
        let longer = if longer > 0.0 && longer.is_finite() { longer } else { 1.0 };
        let (width, height) = (((right - left) / longer).max(SLIMMEST), ((high - low) / longer).max(SLIMMEST));
        for dot in &mut dots {
            // y grows upwards in mathematics and downwards on pages.
            dot.x = (dot.x - (left + right) / 2.0) / longer + width / 2.0;
            dot.y = ((low + high) / 2.0 - dot.y) / longer + height / 2.0;
        }
        Self { name, method, language, dots, aspect: width / height }
    }

    /// The size of each word, from 0 to 1: the logarithm of its count between the rarest and the most frequent.
    pub fn weights(&self) -> Vec<f64> {
        let logs: Vec<_> = self.dots.iter().map(|dot| (dot.count.max(1) as f64).ln()).collect();
        let (low, high) = range(logs.iter().copied());
        let weight = |log: f64| if high > low { (log - low) / (high - low) } else { 0.3 };
        logs.into_iter().map(weight).collect()
    }

    /// What the map shows, in words.
    pub fn title(&self) -> String {
        match self.dots.len() {
            1 => self.language.text("title-one", &[("name", &self.name)]),
            count => self.language.text("title", &[("count", &thousands(count)), ("name", &self.name)]),
        }
    }

    /// How to read it.
    pub fn legend(&self) -> String {
        let is_counted = self.dots.iter().any(|dot| dot.count > 0);
        let sizes = is_counted.then(|| self.language.text("sizes", &[]));
        let parts = [Some(self.method.clone()), Some(self.language.text("groups", &[])), sizes];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// `12,345`
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

fn range(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(word: &str, x: f64, y: f64, count: u64) -> Dot {
        Dot { word: word.to_owned(), count, x, y, group: 0 }
    }

    fn places(dots: Vec<Dot>) -> Vec<(f64, f64)> {
        let map = WordMap::of_dots("m".into(), "t".into(), Language::English, dots);
        map.dots.iter().map(|dot| (dot.x, dot.y)).collect()
    }

    #[test]
    fn dots_fill_the_unit_box_and_y_falls() {
        let found = places(vec![dot("a", -2.0, 0.0, 1), dot("b", 2.0, 2.0, 1), dot("c", 0.0, 1.0, 1)]);
        assert_eq!(found, [(0.0, 0.5), (1.0, 0.0), (0.5, 0.25)]);
    }

    #[test]
    fn a_single_dot_is_in_the_middle_of_its_box() {
        assert_eq!(places(vec![dot("a", 7.0, 7.0, 1)]), [(0.15, 0.15)]);
        assert_eq!(places(vec![dot("a", 1.0, 5.0, 1), dot("b", 3.0, 5.0, 1)]), [(0.0, 0.15), (1.0, 0.15)]);
    }

    #[test]
    fn words_are_weighed_by_the_logarithm_of_their_counts() {
        let dots = vec![dot("a", 0.0, 0.0, 100), dot("b", 1.0, 0.0, 10), dot("c", 2.0, 0.0, 1)];
        let weights = WordMap::of_dots("m".into(), "t".into(), Language::English, dots).weights();
        assert!((weights[1] - 0.5).abs() < 1e-12 && weights[0] == 1.0 && weights[2] == 0.0);
        let unknown = WordMap::of_dots(
            "m".into(),
            "t".into(),
            Language::English,
            vec![dot("a", 0.0, 0.0, 0), dot("b", 1.0, 0.0, 0)],
        );
        assert_eq!(unknown.weights(), [0.3, 0.3]);
        assert!(!unknown.legend().contains("frequent"));
    }

    #[test]
    fn titles_and_legends_are_in_the_maps_language() {
        let map = |language| WordMap::of_dots("m".into(), "t-SNE".into(), language, vec![dot("a", 0.0, 0.0, 3)]);
        assert_eq!(map(Language::English).title(), "1 word of m");
        assert!(map(Language::English).legend().ends_with("· larger: more frequent"));
        assert_eq!(map(Language::Korean).title(), "m의 단어 1개");
        assert!(map(Language::Korean).legend().starts_with("t-SNE · 색:"));
        assert_eq!([7, 999, 12_345].map(thousands), ["7", "999", "12,345"]);
    }
}
