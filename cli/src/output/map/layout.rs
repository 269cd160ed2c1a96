//! Where the words lie, whatever they are drawn with.

/// A word and its place, in the units of the projection.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    pub word: String,
    /// How often it was seen; 0: not known.
    pub count: u64,
    pub x: f64,
    pub y: f64,
    /// The number of its group, below [`COLOURS`](super::COLOURS).
    pub group: usize,
}

/// A word near another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    pub word: String,
    /// The cosine.
    pub similarity: f32,
}

/// Words in two dimensions, the most important first.
#[derive(Debug)]
pub struct WordMap {
    /// The name of the model.
    pub name: String,
    /// How many dimensions became two.
    pub method: String,
    /// Not empty. The longer side of the box around them is 1, its left upper corner (0, 0); y falls.
    pub dots: Vec<Dot>,
    /// Width by height of the box around the dots.
    pub aspect: f64,
}

/// A box never gets narrower than this by its longer side: one dot is no line.
const SLIMMEST: f64 = 0.3;

impl WordMap {
    /// Moves and scales the dots to the unit box.
    pub fn new(name: String, method: String, mut dots: Vec<Dot>) -> Self {
        let (left, right) = range(dots.iter().map(|dot| dot.x));
        let (low, high) = range(dots.iter().map(|dot| dot.y));
        let longer = (right - left).max(high - low);
        let longer = if longer > 0.0 && longer.is_finite() { longer } else { 1.0 };
        let (width, height) = (((right - left) / longer).max(SLIMMEST), ((high - low) / longer).max(SLIMMEST));
        for dot in &mut dots {
            // Mathematics lets y rise, pages let it fall.
            dot.x = (dot.x - (left + right) / 2.0) / longer + width / 2.0;
            dot.y = ((low + high) / 2.0 - dot.y) / longer + height / 2.0;
        }
        Self { name, method, dots, aspect: width / height }
    }

    /// How large each word is drawn, from 0 to 1: the logarithm of its count between the rarest and the most frequent.
    pub fn weights(&self) -> Vec<f64> {
        let logs: Vec<_> = self.dots.iter().map(|dot| (dot.count.max(1) as f64).ln()).collect();
        let (low, high) = range(logs.iter().copied());
        let weight = |log: f64| if high > low { (log - low) / (high - low) } else { 0.3 };
        logs.into_iter().map(weight).collect()
    }

    /// What the map shows, in words.
    pub fn title(&self) -> String {
        format!("{} words of {}", super::super::thousands(self.dots.len() as u64), self.name)
    }

    /// How to read it.
    pub fn legend(&self) -> String {
        let sizes = if self.dots.iter().any(|dot| dot.count > 0) { " · larger: more frequent" } else { "" };
        format!("{} · colours: groups by k-means on all dimensions{sizes}", self.method)
    }
}

fn range(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(in super::super) fn dot(word: &str, x: f64, y: f64, count: u64) -> Dot {
        Dot { word: word.to_owned(), count, x, y, group: 0 }
    }

    fn places(dots: Vec<Dot>) -> Vec<(f64, f64)> {
        let map = WordMap::new("m".into(), "t".into(), dots);
        map.dots.iter().map(|dot| (dot.x, dot.y)).collect()
    }

    #[test]
    fn dots_fill_the_unit_box_and_y_falls() {
        let found = places(vec![dot("a", -2.0, 0.0, 1), dot("b", 2.0, 2.0, 1), dot("c", 0.0, 1.0, 1)]);
        assert_eq!(found, [(0.0, 0.5), (1.0, 0.0), (0.5, 0.25)]);
    }

    #[test]
    fn one_dot_lies_in_the_middle_of_a_box() {
        assert_eq!(places(vec![dot("a", 7.0, 7.0, 1)]), [(0.15, 0.15)]);
        assert_eq!(places(vec![dot("a", 1.0, 5.0, 1), dot("b", 3.0, 5.0, 1)]), [(0.0, 0.15), (1.0, 0.15)]);
    }

    #[test]
    fn words_are_weighed_by_the_logarithm_of_their_counts() {
        let dots = vec![dot("a", 0.0, 0.0, 100), dot("b", 1.0, 0.0, 10), dot("c", 2.0, 0.0, 1)];
        let weights = WordMap::new("m".into(), "t".into(), dots).weights();
        assert!((weights[1] - 0.5).abs() < 1e-12 && weights[0] == 1.0 && weights[2] == 0.0);
        let unknown = WordMap::new("m".into(), "t".into(), vec![dot("a", 0.0, 0.0, 0), dot("b", 1.0, 0.0, 0)]);
        assert_eq!(unknown.weights(), [0.3, 0.3]);
        assert!(!unknown.legend().contains("frequent"));
    }
}
