//! UnigramSampler: draw negatives in proportion to `count^0.75`, so that rare words are drawn a little more often. Section 4.2.
//! UnigramSampler: `count^0.75`에 비례하는 확률로 부정적 예를 뽑는다. 드문 단어가 조금 더 자주 뽑힌다. 4.2절.

use rapidvec_core::{Purpose, Rng};

/// Draws `sample_size` words for each target.
/// 타깃마다 단어를 `sample_size`개씩 뽑는다.
#[derive(Debug, Clone)]
pub struct UnigramSampler {
    word_p: Vec<f64>,
    sample_size: usize,
    rng: Rng,
}

impl UnigramSampler {
    /// `p(word) = count(word)^power / sum(count^power)`; the book's `power` is 0.75.
    /// `p(word) = count(word)^power / sum(count^power)`. 책의 `power`는 0.75이다.
    pub fn new(corpus: &[usize], power: f64, sample_size: usize, seed: u64) -> Self {
        let vocab_size = corpus.iter().max().map_or(0, |id| id + 1);
        let mut word_p = vec![0.0; vocab_size];
        corpus.iter().for_each(|&id| word_p[id] += 1.0); // counts / 출현 횟수
        word_p.iter_mut().for_each(|p| *p = f64::powf(*p, power));
        let total: f64 = word_p.iter().sum();
        word_p.iter_mut().for_each(|p| *p /= total);
        Self { word_p, sample_size, rng: Rng::stream(seed, Purpose::Negatives, 0) }
    }

    /// `negatives[k][b]`: the k-th negative of example b, never its target and never the same word twice.
    /// `negatives[k][b]`: 예제 b의 k번째 부정적 예. 타깃과도, 서로도 겹치지 않는다.
    pub fn get_negative_sample(&mut self, target: &[usize]) -> Vec<Vec<usize>> {
        let mut negatives = vec![vec![0; target.len()]; self.sample_size];
        for (b, &target) in target.iter().enumerate() {
            let mut p = self.word_p.clone();
            p[target] = 0.0;
            for sample in &mut negatives {
                sample[b] = choice(&p, &mut self.rng);
                p[sample[b]] = 0.0; // without replacement / 비복원 추출
            }
        }
        negatives
    }
}

/// `np.random.choice(len(p), p=p / sum(p))`
fn choice(p: &[f64], rng: &mut Rng) -> usize {
    let mut rest = rng.uniform() * p.iter().sum::<f64>();
    for (word, p) in p.iter().enumerate() {
        rest -= p;
        if rest < 0.0 {
            return word;
        }
    }
    // Rounding may leave a rest: then take the last word that can be drawn.
    // 반올림 때문에 rest가 남으면 뽑을 수 있는 마지막 단어를 고른다.
    p.iter().rposition(|&p| p > 0.0).unwrap_or(0)
}
