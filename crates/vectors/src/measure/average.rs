//! Several runs rotated onto their mean and averaged (generalised Procrustes analysis, Gower 1975).
//!
//! Runs of the same training with other seeds differ by a rotation and by chance. Each is rotated onto the mean of all, which moves the mean; this is
//! repeated until it settles. What chance added is then averaged out. The rotation of a run is applied to both of
//! its matrices, so that scores of pairs stay what they were and training can continue from the mean.

use super::error::MeasureError;
use super::procrustes::Rotation;
use crate::chosen::ModelVectors;
use crate::error::FormatError;
use crate::format::Matrix;
use crate::storage::{Numbers, Rows};
use crate::unit::{cosine, normalize, unit_rows, widened};
use crate::word_vectors::WordVectors;
use half::f16;
use rapidvec_core::{Vocabulary, WordId};

/// The most words that rotations are found with: a rotation has far fewer numbers than they have.
const ANCHORS: usize = 20_000;
/// The mean has settled when it changes by less than this share.
const SETTLED: f64 = 1e-3;
/// The maximum number of rounds; three or four have always been enough.
const ROUNDS: usize = 20;

/// The mean of several runs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Average {
    /// The mean vectors; with both matrices if all runs have them and say that their vectors are the input rows, or both joined alike.
    pub vectors: WordVectors,
    /// For each word, the mean cosine of the runs' vectors with the mean: 1 if all runs agree.
    pub agreement: Vec<f64>,
    /// The rounds after which the mean had settled.
    pub rounds: usize,
}

/// The matrices of one run, row after row; the words of all runs are the same.
#[derive(Debug, Clone)]
pub struct RunMatrices {
    /// V x D.
    pub input: Vec<f32>,
    /// V x D, or (V - 1) x D where the rows belong to the nodes of a tree.
    pub output: Vec<f32>,
}

/// The mean of the matrices of several runs.
#[derive(Debug)]
pub struct MeanMatrices {
    /// How many runs they are the mean of.
    pub count: usize,
    /// V x D.
    pub input: Vec<f32>,
    /// As in [`RunMatrices::output`].
    pub output: Vec<f32>,
    /// For each run, its vectors: of length 1, rotated onto the mean, in half precision.
    pub runs: Vec<Rows>,
}

impl RunMatrices {
    /// Rotates runs onto their mean by the vectors that `chosen` names, and averages both matrices. The vectors of the runs are made if `keep`.
    ///
    /// # Errors
    /// [`MeasureError::FewRuns`], [`MeasureError::FewShared`].
    pub fn mean(
        runs: Vec<Self>,
        vocabulary: &Vocabulary,
        size: usize,
        chosen: ModelVectors,
        keep: bool,
        threads: usize,
    ) -> Result<MeanMatrices, MeasureError> {
        if runs.len() < 2 {
            return Err(MeasureError::FewRuns { got: runs.len() });
        }
        check_shared(vocabulary.len(), size)?;
        let frequent = vocabulary.by_descending_count();
        let anchors = &frequent[..frequent.len().min(ANCHORS)];
        let mut all: Vec<Run> = runs.into_iter().map(|run| run.with_anchors(anchors, size, chosen)).collect();
        let (rotations, _) = settle(&all, size, threads);
        all.iter_mut().zip(&rotations).for_each(|(run, rotation)| run.rotate(rotation, threads));
        let mean = |of: &dyn Fn(&Run) -> &[f32]| mean(&all.iter().map(of).collect::<Vec<_>>());
        let (input, output) = (mean(&|run| &run.input), mean(&|run| run.output.as_deref().unwrap_or_default()));
        let count = all.len();
        let kept = all.into_iter().filter(|_| keep).map(|run| run.unit_rows(size, chosen));
        Ok(MeanMatrices { count, input, output, runs: kept.collect::<Result<_, _>>()? })
    }

    fn with_anchors(self, anchors: &[WordId], size: usize, chosen: ModelVectors) -> Run {
        let mut units = Vec::with_capacity(anchors.len() * size);
        for &word in anchors {
            let at = word as usize * size;
            units
                .extend(chosen.numbers(&self.input[at..at + size], self.output.get(at..at + size).unwrap_or_default()));
        }
        units.chunks_exact_mut(size).for_each(normalize);
        Run { input: self.input, output: Some(self.output), anchors: units, others: None }
    }
}

/// The rows of one run for the words that all have.
struct Run {
    input: Vec<f32>,
    output: Option<Vec<f32>>,
    /// The vectors of the anchors, of length 1.
    anchors: Vec<f32>,
    /// The vectors, where they are not the input rows.
    others: Option<Vec<f32>>,
}

impl WordVectors {
    /// Rotates runs onto their mean and averages them, for the words that all of them have, in the order and with the counts of the first.
    /// `threads` 0 means one per core.
    ///
    /// ```no_run
    /// use rapidvec_vectors::WordVectors;
    /// let runs = ["a.safetensors", "b.safetensors", "c.safetensors"].map(WordVectors::open);
    /// let runs = runs.into_iter().collect::<Result<Vec<_>, _>>()?;
    /// let mean = WordVectors::average(&runs, 0)?;
    /// println!("{:?}", mean.vectors.vector("king"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MeasureError::FewRuns`], [`MeasureError::VectorSize`], [`MeasureError::FewShared`]; [`MeasureError::Format`] if a mean is not finite.
    pub fn average(runs: &[Self], threads: usize) -> Result<Average, MeasureError> {
        let [first, others @ ..] = runs else { return Err(MeasureError::FewRuns { got: runs.len() }) };
        if others.is_empty() {
            return Err(MeasureError::FewRuns { got: runs.len() });
        }
        let size = first.vector_size();
        if let Some(other) = others.iter().find(|other| other.vector_size() != size) {
            return Err(MeasureError::VectorSize { expected: size, got: other.vector_size() });
        }
        let ids = shared(runs);
        check_shared(ids[0].len(), size)?;
        let chosen = common_choice(runs)?;
        let frequent = first.vocabulary().of_ids(&ids[0]).by_descending_count();
        let anchors = &frequent[..frequent.len().min(ANCHORS)];
        let mut all: Vec<Run> = runs.iter().zip(&ids).map(|(run, ids)| Run::of(run, ids, anchors, chosen)).collect();
        let (rotations, rounds) = settle(&all, size, threads);
        all.iter_mut().zip(&rotations).for_each(|(run, rotation)| run.rotate(rotation, threads));
        let mean = |of: &dyn Fn(&Run) -> &[f32]| mean(&all.iter().map(of).collect::<Vec<_>>());
        let input = mean(&|run| &run.input);
        let agreement = match all[0].others {
            None => agreement(&all, &input, size),
            Some(_) => agreement(&all, &mean(&|run| run.rows()), size),
        };
        let vectors = Self::new(first.vocabulary().of_ids(&ids[0]), size, Numbers::F32(input))?;
        let vectors = match chosen {
            None => vectors,
            Some(chosen) => {
                let output = mean(&|run| run.output.as_deref().unwrap_or_default());
                vectors.with_output(Rows::new(ids[0].len(), size, Numbers::F32(output))?)?.take(chosen)?
            }
        };
        Ok(Average { vectors: vectors.with_lower(first.is_lower()), agreement, rounds })
    }
}

impl Run {
    fn of(run: &WordVectors, ids: &[WordId], anchors: &[WordId], chosen: Option<ModelVectors>) -> Self {
        let places: Vec<WordId> = anchors.iter().map(|&place| ids[place as usize]).collect();
        let anchors = unit_rows(run.rows(), &places);
        let Some((chosen, output)) = chosen.zip(run.output()) else {
            return Self { input: run.rows().of_ids(ids), output: None, anchors, others: None };
        };
        let others = (chosen.matrix != Matrix::Input).then(|| run.rows().of_ids(ids));
        Self { input: run.input_rows().of_ids(ids), output: Some(output.of_ids(ids)), anchors, others }
    }

    /// The vectors.
    fn rows(&self) -> &[f32] {
        self.others.as_deref().unwrap_or(&self.input)
    }

    /// The vectors that `chosen` names, of length 1, in half precision.
    fn unit_rows(self, size: usize, chosen: ModelVectors) -> Result<Rows, FormatError> {
        let output = self.output.unwrap_or_default();
        let others = output.chunks_exact(size).chain(std::iter::repeat(&[][..]));
        let mut numbers = Vec::with_capacity(self.input.len());
        for (input, output) in self.input.chunks_exact(size).zip(others) {
            let mut row: Vec<f32> = chosen.numbers(input, output).collect();
            normalize(&mut row);
            numbers.extend(row.into_iter().map(f16::from_f32));
        }
        Rows::new(numbers.len() / size, size, Numbers::F16(numbers))
    }

    fn rotate(&mut self, rotation: &Rotation, threads: usize) {
        let Self { input, output, others, .. } = self;
        [input].into_iter().chain(output).chain(others).for_each(|rows| rotation.apply_to(rows, threads));
    }
}

/// A rotation needs as many words as a vector has numbers.
pub(super) fn check_shared(words: usize, size: usize) -> Result<(), MeasureError> {
    if words < size { Err(MeasureError::FewShared { expected: size, got: words }) } else { Ok(()) }
}

/// The choice that all runs make, if all of them have both matrices.
fn common_choice(runs: &[WordVectors]) -> Result<Option<ModelVectors>, FormatError> {
    let choices = runs.iter().map(|run| ModelVectors::of_metadata(&run.extras().metadata));
    let choices = choices.collect::<Result<Vec<_>, _>>()?;
    let both = runs.iter().all(|run| run.output().is_some() && run.subwords().is_none());
    Ok(choices.first().copied().filter(|first| both && choices.iter().all(|choice| choice == first)))
}

/// For each run, the ids of the words that all have, in the order of the first.
fn shared(runs: &[WordVectors]) -> Vec<Vec<WordId>> {
    let mut ids = vec![Vec::new(); runs.len()];
    for word in runs[0].vocabulary().words() {
        let found: Option<Vec<WordId>> = runs.iter().map(|run| run.vocabulary().id(word)).collect();
        if let Some(found) = found {
            ids.iter_mut().zip(found).for_each(|(ids, id)| ids.push(id));
        }
    }
    ids
}

/// The rotations that bring the runs onto their mean, and the rounds until it settled. The first mean is the first run.
fn settle(runs: &[Run], size: usize, threads: usize) -> (Vec<Rotation>, usize) {
    let mut target = runs[0].anchors.clone();
    let mut round = 0;
    loop {
        round += 1;
        let onto = |run: &Run| Rotation::between(&run.anchors, &target, size, threads);
        let rotations: Vec<Rotation> = runs.iter().map(onto).collect();
        let rotated: Vec<Vec<f32>> =
            runs.iter().zip(&rotations).map(|(run, by)| by.rotated(&run.anchors, threads)).collect();
        let next = mean(&rotated.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let change: f64 = next.iter().zip(&target).map(|(a, b)| f64::from(a - b).powi(2)).sum();
        let length: f64 = next.iter().map(|&number| f64::from(number).powi(2)).sum();
        target = next;
        if round == ROUNDS || round > 1 && change <= SETTLED * SETTLED * length {
            return (rotations, round);
        }
    }
}

fn mean(rows: &[&[f32]]) -> Vec<f32> {
    let sum = |place: usize| rows.iter().map(|rows| f64::from(rows[place])).sum::<f64>();
    (0..rows[0].len()).map(|place| (sum(place) / rows.len() as f64) as f32).collect()
}

fn agreement(runs: &[Run], mean: &[f32], size: usize) -> Vec<f64> {
    let of_word = |at: usize| {
        let range = at * size..(at + 1) * size;
        let cosines = runs
            .iter()
            .map(|run| f64::from(cosine(&widened(&run.rows()[range.clone()]), &widened(&mean[range.clone()]))));
        cosines.sum::<f64>() / runs.len() as f64
    };
    (0..mean.len() / size).map(of_word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Join, SaveOptions, format::Format};
    use rapidvec_core::{Purpose, Rng};

    const WORDS: usize = 200;
    const SIZE: usize = 6;

    /// The same points, turned by another rotation and blurred for each seed. Words are in another order in odd runs, and `w7` is
    /// more blurred than others.
    fn run(seed: u64, blur: f64) -> WordVectors {
        let mut truth = Rng::stream(0, Purpose::InputWeights, 0);
        let mut chance = Rng::stream(seed, Purpose::InputWeights, 1);
        let points: Vec<f32> = (0..WORDS * SIZE).map(|_| truth.uniform() as f32 - 0.4).collect();
        let turn: Vec<f32> = (0..SIZE * SIZE).map(|_| chance.uniform() as f32 - 0.5).collect();
        let base: Vec<f32> = (0..SIZE * SIZE).map(|i| f32::from(u8::from(i / SIZE == i % SIZE))).collect();
        let rotation = Rotation::between(&base, &turn, SIZE, 1);
        let mut numbers: Vec<f32> = points;
        for (place, number) in numbers.iter_mut().enumerate() {
            let scale = if place / SIZE == 7 { 8.0 } else { 1.0 };
            *number += (scale * blur * (chance.uniform() - 0.5)) as f32;
        }
        rotation.apply_to(&mut numbers, 1);
        let mut vocabulary = Vocabulary::new();
        let mut rows = Vec::new();
        let order: Vec<usize> = if seed % 2 == 1 { (0..WORDS).rev().collect() } else { (0..WORDS).collect() };
        for word in order {
            vocabulary.insert(&format!("w{word}"), 1_000 - word as u64);
            rows.extend_from_slice(&numbers[word * SIZE..(word + 1) * SIZE]);
        }
        WordVectors::new(vocabulary, SIZE, Numbers::F32(rows)).unwrap()
    }

    /// The mean absolute error of cosines between words.
    fn error(vectors: &WordVectors, truth: &WordVectors) -> f64 {
        let cosine = |v: &WordVectors, i: usize| v.similarity(&format!("w{i}"), &format!("w{}", i + 1)).unwrap();
        (20..WORDS - 1).map(|i| f64::from((cosine(vectors, i) - cosine(truth, i)).abs())).sum::<f64>()
    }

    #[test]
    fn the_mean_of_runs_is_nearer_to_the_truth_than_any_of_them() {
        let truth = run(2, 0.0);
        let runs: Vec<_> = (2..7).map(|seed| run(seed, 0.3)).collect();
        let mean = WordVectors::average(&runs, 2).unwrap();
        assert!(mean.rounds < ROUNDS, "{}", mean.rounds);
        let of_mean = error(&mean.vectors, &truth);
        for run in &runs {
            assert!(of_mean < 0.65 * error(run, &truth), "{of_mean} {}", error(run, &truth));
        }
        let least = (0..WORDS).min_by(|&a, &b| mean.agreement[a].total_cmp(&mean.agreement[b])).unwrap();
        assert_eq!(mean.vectors.vocabulary().word(least as u32), "w7");
        assert!(mean.agreement.iter().all(|cosine| (-1.0..1.0 + 1e-9).contains(cosine)));
    }

    #[test]
    fn runs_that_differ_only_by_a_rotation_have_themselves_as_mean() {
        let runs = [run(2, 0.0), run(3, 0.0), run(4, 0.0)];
        let mean = WordVectors::average(&runs, 1).unwrap();
        assert!(error(&mean.vectors, &runs[1]) < 1e-3);
        assert!(mean.agreement.iter().all(|cosine| (cosine - 1.0).abs() < 1e-5));
    }

    #[test]
    fn joined_runs_give_a_joined_mean_with_both_matrices() {
        let joined = |seed: u64| {
            let own = run(seed, 0.1);
            let output = Rows::new(WORDS, SIZE, Numbers::F32(own.rows().to_f32().iter().map(|x| -0.5 * x).collect()));
            own.with_output(output.unwrap()).unwrap().take(ModelVectors::joined(0.5)).unwrap()
        };
        let mean = WordVectors::average(&[joined(2), joined(3)], 1).unwrap().vectors;
        let (input, rows) = (mean.input_rows().to_f32(), mean.rows().to_f32());
        assert!(input.iter().zip(&rows).all(|(input, joined)| (0.75 * input - joined).abs() < 1e-5));
        let path = tempfile::NamedTempFile::new().unwrap();
        mean.save(path.path(), Format::Safetensors, &SaveOptions::default()).unwrap();
        let again = WordVectors::open(path.path()).unwrap();
        assert_eq!((again.rows().to_f32(), again.input_rows().to_f32()), (rows, input));
    }

    #[test]
    fn runs_that_cannot_be_averaged_are_refused() {
        let one = run(2, 0.0);
        assert!(matches!(WordVectors::average(&[], 1), Err(MeasureError::FewRuns { got: 0 })));
        assert!(matches!(WordVectors::average(std::slice::from_ref(&one), 1), Err(MeasureError::FewRuns { got: 1 })));
        let (few, _) = one.of_words(&["w1", "w2"]).unwrap();
        let found = WordVectors::average(&[one.clone(), few], 1);
        assert!(matches!(found, Err(MeasureError::FewShared { expected: 6, got: 2 })));
        // Words of one run only are left out.
        let (most, _) = one.of_words(&["w9", "w1", "w2", "w3", "w4", "w5", "w6"]).unwrap();
        let more = most.joined(&one.of_words(&["w8"]).unwrap().0, Join::Mean).unwrap();
        assert_eq!(WordVectors::average(&[more, most], 1).unwrap().vectors.len(), 7);
    }
}
