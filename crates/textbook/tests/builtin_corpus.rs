//! The built-in corpus does what it is for: the chapter's training run on it answers the chapter's queries.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec::corpus::CorpusOptions;
use rapidvec::vectors::{AnalogyMethod, Numbers, WordVectors};
use rapidvec::{Trainer, Until};
use rapidvec_textbook::{Config, TextbookTrainer, builtin};

const ANALOGIES: [([&str; 3], &str); 4] = [
    (["king", "man", "queen"], "woman"),
    (["take", "took", "go"], "went"),
    (["car", "cars", "child"], "children"),
    (["good", "better", "bad"], "worse"),
];

fn trained(seed: u64) -> WordVectors {
    let corpus = builtin::corpus(&CorpusOptions::textbook()).unwrap();
    let config = Config { seed, ..Config::textbook() };
    let mut trainer = TextbookTrainer::new(&config, &corpus, corpus.counts(), 1).unwrap();
    trainer.run(Until::End, &mut ()).unwrap();
    let numbers = trainer.weights().input.to_vec();
    WordVectors::new(corpus.vocabulary().as_ref().clone(), config.vector_size, Numbers::F32(numbers)).unwrap()
}

fn finds_all_analogies(vectors: &WordVectors, method: AnalogyMethod) -> bool {
    let search = vectors.search();
    ANALOGIES.iter().all(|([a, b, c], answer)| search.analogy(a, b, c, method, 1).unwrap().words().eq([*answer]))
}

#[test]
fn the_chapters_queries_have_their_answers_for_four_of_five_seeds() {
    let runs: Vec<(bool, bool)> = std::thread::scope(|scope| {
        let runs = [1, 2, 3, 4, 5].map(|seed| {
            scope.spawn(move || {
                let vectors = trained(seed);
                let years = vectors.most_similar("year", 5).unwrap();
                assert!(years.words().any(|word| word == "month"), "seed {seed}: {years:?}");
                let cars = vectors.most_similar("toyota", 3).unwrap();
                let makers = ["honda", "nissan", "mazda", "ford", "chrysler", "volvo", "bmw", "audi", "fiat"];
                assert!(cars.words().all(|word| makers.contains(&word)), "seed {seed}: {cars:?}");
                let found = |method| finds_all_analogies(&vectors, method);
                (found(AnalogyMethod::Add), found(AnalogyMethod::Textbook))
            })
        });
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let add = runs.iter().filter(|run| run.0).count();
    let textbook = runs.iter().filter(|run| run.1).count();
    assert!(add >= 4, "all four analogies at rank 1 for {add} of 5 seeds");
    assert!(textbook >= 4, "with the chapter's own arithmetic for {textbook} of 5 seeds");
}
