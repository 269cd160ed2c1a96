//! scratch
use quickvec::nn::*;
use quickvec::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&a[1]).unwrap().replace('\n', "<eos>");
    let mut v = Vocabulary::new();
    let n: usize = a[2].parse().unwrap();
    let ids: Vec<u32> = text.split_whitespace().take(n).map(|w| v.add(w)).collect();
    let mut c = Config::textbook();
    c.epochs = a[3].parse().unwrap();
    if a.get(5).is_some_and(|x| x == "sg") {
        c.model = ModelKind::SkipGram
    }
    let t0 = std::time::Instant::now();
    let mut t = Trainer::new(&c, &ids, v.counts(), a[4].parse().unwrap()).unwrap();
    eprintln!("init {:?} tokens {} vocab {} threads {}", t0.elapsed(), ids.len(), v.len(), t.threads());
    loop {
        let p = t
            .run(
                |_| false,
                |p| {
                    if a.get(6).is_some() {
                        println!("{},{},{:.0},{}", p.epoch, p.iteration, p.seconds, p.loss)
                    }
                },
            )
            .unwrap();
        let h = t.history().last().unwrap();
        eprintln!(
            "{:?} {:.3}s loss {:.3} {:.1} us/iter",
            h.epoch,
            t.seconds(),
            h.loss,
            t.seconds() * 1e6 / t.progress().step as f64
        );
        if p == Pause::Finished {
            break;
        }
    }
    let s: f64 = t.weights().w_in.to_vec().iter().map(|&x| x as f64).sum();
    eprintln!("sum {s:?}");
}
