//! The word embedding association test (WEAT, Caliskan, Bryson and Narayanan 2017).
//!
//! Are the targets X nearer to the attributes A than to B, compared with the targets Y? A word's association is
//! `s(w) = mean cos(w, a) - mean cos(w, b)` over the words a of A and b of B. The score is `Σ s(x) - Σ s(y)`, the effect size
//! `(mean s(x) - mean s(y)) / std s(w)`, with the standard deviation (of the population) over all targets: between -2 and 2. The p-value is
//! the share of partitions of the targets into groups of these sizes whose difference of means is at least as large.

use super::error::MeasureError;
use super::partitions;
use crate::unit::{dot, wide_unit};
use crate::word_vectors::WordVectors;
use std::collections::HashSet;

/// How the p-value of a WEAT is found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WeatOptions {
    /// Examine all partitions if there are no more than this, otherwise this many random ones.
    pub permutations: u64,
    /// Count differences of either sign.
    pub two_sided: bool,
    /// The seed of random partitions.
    pub seed: u64,
}

impl Default for WeatOptions {
    /// 200,000 partitions: two groups of up to ten words have fewer, and are examined exactly.
    fn default() -> Self {
        Self { permutations: 200_000, two_sided: false, seed: 1 }
    }
}

rapidvec_core::setters!(WeatOptions { permutations: u64, two_sided: bool, seed: u64 });

/// A target word and its association with the attributes A rather than B.
#[derive(Debug, Clone, PartialEq)]
pub struct Association {
    /// The word.
    pub word: String,
    /// `mean cos(w, a) - mean cos(w, b)`.
    pub association: f64,
}

/// The result of a WEAT.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Weat {
    /// `Σ s(x) - Σ s(y)`.
    pub score: f64,
    /// The difference of means in standard deviations; `None` if all associations are the same.
    pub effect_size: Option<f64>,
    /// The share of partitions that are as extreme.
    pub p_value: f64,
    /// The partitions that were examined.
    pub partitions: u64,
    /// Whether these are all partitions there are.
    pub exact: bool,
    /// The associations of the targets X and Y.
    pub associations: [Vec<Association>; 2],
}

impl WordVectors {
    /// Tests whether the targets `x` are nearer to the attributes `a` than to `b`, compared with the targets `y`.
    ///
    /// ```no_run
    /// use rapidvec_vectors::{WordVectors, measure::WeatOptions};
    /// let vectors = WordVectors::open("model.safetensors")?;
    /// let (flowers, insects) = (["rose", "tulip", "daisy"], ["ant", "wasp", "flea"]);
    /// let (good, bad) = (["love", "peace", "happy"], ["war", "hate", "ugly"]);
    /// let found = vectors.weat([&flowers, &insects], [&good, &bad], &WeatOptions::default())?;
    /// println!("effect size {:?}, p = {}", found.effect_size, found.p_value);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MeasureError`] for a group without words, a word that is in both groups of targets or twice in one, and an unknown word.
    pub fn weat(
        &self,
        targets: [&[&str]; 2],
        attributes: [&[&str]; 2],
        options: &WeatOptions,
    ) -> Result<Weat, MeasureError> {
        check_groups(targets, attributes)?;
        let [a, b] = [self.unit_vectors(attributes[0])?, self.unit_vectors(attributes[1])?];
        let associate = |word: &&str| {
            let vector = self.unit_vector(word)?;
            let association = mean_cosine(&vector, &a) - mean_cosine(&vector, &b);
            Ok::<_, MeasureError>(Association { word: (*word).to_owned(), association })
        };
        let [x, y] = targets.map(|words| words.iter().map(associate).collect::<Result<Vec<_>, _>>());
        let (x, y) = (x?, y?);
        let numbers: Vec<f64> = x.iter().chain(&y).map(|word| word.association).collect();
        let counted =
            partitions::count(&numbers, x.len(), options.permutations.max(1), options.seed, options.two_sided);
        let (first, second) = numbers.split_at(x.len());
        Ok(Weat {
            score: first.iter().sum::<f64>() - second.iter().sum::<f64>(),
            effect_size: effect_size(first, second),
            p_value: counted.p_value(),
            partitions: counted.all,
            exact: counted.exact,
            associations: [x, y],
        })
    }

    /// The vectors of these words, of length 1; zeros stay zeros.
    pub(super) fn unit_vectors(&self, words: &[&str]) -> Result<Vec<Vec<f64>>, MeasureError> {
        words.iter().map(|word| self.unit_vector(word)).collect()
    }

    fn unit_vector(&self, word: &str) -> Result<Vec<f64>, MeasureError> {
        Ok(wide_unit(self.wide_vector(word)?))
    }
}

fn check_groups(targets: [&[&str]; 2], attributes: [&[&str]; 2]) -> Result<(), MeasureError> {
    let groups = [
        ("the first group of targets", targets[0]),
        ("the second group of targets", targets[1]),
        ("the first group of attributes", attributes[0]),
        ("the second group of attributes", attributes[1]),
    ];
    groups.into_iter().try_for_each(|(group, words)| check_group(group, words))?;
    let first: HashSet<_> = targets[0].iter().collect();
    let both = targets[1].iter().find(|word| first.contains(word));
    both.map_or(Ok(()), |word| Err(MeasureError::InBoth { word: (*word).to_owned() }))
}

/// Refuses a group without words, or with a word twice.
pub(super) fn check_group(group: &'static str, words: &[&str]) -> Result<(), MeasureError> {
    if words.is_empty() {
        return Err(MeasureError::FewWords { group, expected: 1, got: 0 });
    }
    let mut seen = HashSet::new();
    let twice = words.iter().find(|word| !seen.insert(**word));
    twice.map_or(Ok(()), |word| Err(MeasureError::Twice { word: (*word).to_owned(), group }))
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

fn mean_cosine(vector: &[f64], others: &[Vec<f64>]) -> f64 {
    others.iter().map(|other| dot(vector, other)).sum::<f64>() / others.len() as f64
}

fn effect_size(first: &[f64], second: &[f64]) -> Option<f64> {
    let all = [first, second].concat();
    let middle = mean(&all);
    let deviation = (all.iter().map(|number| (number - middle).powi(2)).sum::<f64>() / all.len() as f64).sqrt();
    let size = (mean(first) - mean(second)) / deviation;
    size.is_finite().then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Numbers;
    use rapidvec_core::Vocabulary;
    use serde_json::Value;

    fn vectors(words: &[&str], numbers: Vec<f32>) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        words.iter().for_each(|word| assert!(vocabulary.insert(word, 1).is_some()));
        WordVectors::new(vocabulary, numbers.len() / words.len(), Numbers::F32(numbers)).unwrap()
    }

    /// `tests/data/weat_wefe.py` wrote the cases; the file names the version of wefe.
    #[test]
    fn scores_and_effect_sizes_are_those_of_wefe() {
        let recorded: Value = serde_json::from_str(include_str!("../../tests/data/weat_wefe.json")).unwrap();
        let words: Vec<&str> =
            recorded["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        let numbers = recorded["vectors"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect();
        let vectors = vectors(&words, numbers);
        let cases = recorded["cases"].as_array().unwrap();
        assert!(cases.len() >= 3);
        for case in cases {
            let group = |name: &str| -> Vec<&str> {
                case[name].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
            };
            let [x, y, a, b] = ["x", "y", "a", "b"].map(group);
            let found = vectors.weat([&x, &y], [&a, &b], &WeatOptions::default()).unwrap();
            assert!((found.score - case["score"].as_f64().unwrap()).abs() < 1e-6, "{case}");
            assert!((found.effect_size.unwrap() - case["effect_size"].as_f64().unwrap()).abs() < 1e-5, "{case}");
            assert!(found.exact && found.p_value > 0.0 && found.p_value <= 1.0);
        }
    }

    #[test]
    fn targets_that_differ_as_much_as_they_can_have_the_smallest_p_value() {
        let vectors = vectors(
            &["x1", "x2", "y1", "y2", "a", "b"],
            vec![1.0, 0.0, 1.0, 0.1, 0.0, 1.0, 0.1, 1.0, 1.0, 0.0, 0.0, 1.0],
        );
        let [x, y, a, b] = [vec!["x1", "x2"], vec!["y1", "y2"], vec!["a"], vec!["b"]];
        let options = WeatOptions::default();
        let found = vectors.weat([&x, &y], [&a, &b], &options).unwrap();
        assert_eq!((found.p_value, found.partitions, found.exact), (1.0 / 6.0, 6, true));
        assert!(found.effect_size.unwrap() > 1.9);
        assert!((found.associations[0][0].association - 1.0).abs() < 1e-12);
        let back = vectors.weat([&y, &x], [&a, &b], &options).unwrap();
        assert_eq!((back.p_value, back.score), (1.0, -found.score));
        assert_eq!(vectors.weat([&y, &x], [&a, &b], &options.two_sided(true)).unwrap().p_value, 2.0 / 6.0);
        let same = vectors.weat([&x[..1], &y[..1]], [&a, &a], &WeatOptions::default()).unwrap();
        assert_eq!((same.effect_size, same.p_value), (None, 1.0), "nothing differs");
    }

    #[test]
    fn groups_that_cannot_be_compared_are_refused() {
        let vectors = vectors(&["x", "y", "a"], vec![1.0, 2.0, 3.0]);
        let weat = |x: &[&str], y: &[&str], a: &[&str]| {
            vectors.weat([x, y], [a, a], &WeatOptions::default()).unwrap_err().to_string()
        };
        assert_eq!(weat(&["x"], &[], &["a"]), "the second group of targets needs at least 1 word(s), got 0");
        assert_eq!(weat(&["x"], &["y", "x"], &["a"]), "`x` is in both groups of targets");
        assert_eq!(weat(&["x"], &["y"], &["a", "a"]), "`a` is twice in the first group of attributes");
        assert_eq!(weat(&["x"], &["z"], &["a"]), "`z` is not in the vocabulary");
    }
}
