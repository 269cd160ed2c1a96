//! Ranks are threads of one process.

use super::*;
use crate::{Purpose, Rng};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

const SECRET: &str = "a token of the tests";

fn token() -> Token {
    Token::new(SECRET).unwrap()
}

fn waits() -> Waits {
    Waits { start: Duration::from_secs(20), answer: Duration::from_secs(20) }
}

/// An address that is free now.
fn free() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Runs `work` on as many threads as ranks.
fn ranks<T: Send>(size: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..size).map(|rank| scope.spawn(move || work(rank))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Runs `work` on the ranks of a group; they meet at rank 0, or by a list.
fn group<T: Send>(size: usize, work: impl Fn(Group) -> T + Sync) -> Vec<T> {
    if size % 2 == 1 {
        let root = free();
        return ranks(size, |rank| work(Group::at_root(&root, Seat { rank, size }, &token(), waits()).unwrap()));
    }
    let doors: Vec<Door> = (0..size).map(|_| Door::open("127.0.0.1:0").unwrap()).collect();
    let addresses: Vec<String> = doors.iter().map(|door| door.address().to_string()).collect();
    ranks(size, |rank| work(Group::of_list(&doors[rank], &addresses, Seat { rank, size }, &token(), waits()).unwrap()))
}

fn numbers(rank: usize, length: usize) -> Vec<f32> {
    let mut numbers = vec![0.0; length];
    Rng::stream(7, Purpose::InputWeights, rank as u64).fill_normal(&mut numbers, 1.0);
    numbers
}

/// In the order that the ring's documentation states.
fn expected_sum(size: usize, length: usize) -> Vec<f32> {
    let all: Vec<_> = (0..size).map(|rank| numbers(rank, length)).collect();
    let part = |i: usize| (0..size).rfind(|part| length * part / size <= i).unwrap();
    (0..length).map(|i| (1..size).fold(all[part(i)][i], |sum, k| sum + all[(part(i) + k) % size][i])).collect()
}

#[test]
fn sums_have_the_same_bits_on_all_ranks_and_every_time() {
    for size in 1..=5 {
        let all = group(size, |mut group| {
            let rank = group.seat().rank;
            [0, 1, 2, 4, 7, 1_000, 70_001].map(|length| {
                let mut numbers = numbers(rank, length);
                group.sum(&mut numbers).unwrap();
                numbers
            })
        });
        for sums in &all {
            for sum in sums {
                let bits = |numbers: &[f32]| numbers.iter().map(|n| n.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(sum), bits(&expected_sum(size, sum.len())), "{size} ranks, {} numbers", sum.len());
            }
        }
    }
}

#[test]
fn changed_rows_are_summed_in_the_order_of_ranks_and_counted() {
    const ROWS: usize = 3_001;
    const COLUMNS: usize = 33;
    let is_changed = |rank: usize, id: usize| id % (rank + 2) == 1 || id == ROWS - 1;
    for size in 1..=5 {
        let all = group(size, |mut group| {
            let rank = group.seat().rank;
            let ids: Vec<u32> = (0..ROWS as u32).filter(|&id| is_changed(rank, id as usize)).collect();
            let matrix = numbers(rank, ROWS * COLUMNS);
            let rows = ids.iter().flat_map(|&id| matrix[id as usize * COLUMNS..][..COLUMNS].to_vec());
            let changes = RowChanges { numbers: rows.collect(), ids };
            (group.merge_rows(ROWS, COLUMNS, &changes).unwrap(), group.bytes_sent())
        });
        let of_all: Vec<_> = (0..size).map(|rank| numbers(rank, ROWS * COLUMNS)).collect();
        let mut expected = RowSums::default();
        for id in 0..ROWS {
            let mut row: Vec<f32> = vec![];
            let changed: Vec<usize> = (0..size).filter(|&rank| is_changed(rank, id)).collect();
            for &rank in &changed {
                let add = &of_all[rank][id * COLUMNS..][..COLUMNS];
                match row.is_empty() {
                    true => row.extend(add),
                    false => row.iter_mut().zip(add).for_each(|(sum, number)| *sum += number),
                }
            }
            if !changed.is_empty() {
                expected.ids.push(id as u32);
                expected.ranks.push(changed.len() as u32);
                expected.numbers.extend(row);
            }
        }
        assert!(all.iter().all(|(sums, _)| *sums == expected), "{size} ranks");
        assert!(all.iter().all(|(_, sent)| (*sent > 0) == (size > 1)));
    }
}

#[test]
fn bytes_go_where_they_are_sent() {
    for size in 1..=4 {
        group(size, |mut group| {
            let rank = group.seat().rank;
            let own = vec![rank as u8; 100_000 * rank + 1];
            let all: Vec<Vec<u8>> = (0..size).map(|rank| vec![rank as u8; 100_000 * rank + 1]).collect();
            assert_eq!(group.all_gather(&own, 1 << 20).unwrap(), all);
            assert_eq!(group.gather(&own, 1 << 20).unwrap(), if rank == 0 { all.clone() } else { vec![] });
            assert_eq!(group.broadcast(&own, 1 << 20).unwrap(), [0]);
            let out: Vec<Vec<u8>> = (0..size).map(|to| vec![(10 * rank + to) as u8; 3]).collect();
            let got: Vec<Vec<u8>> = (0..size).map(|from| vec![(10 * from + rank) as u8; 3]).collect();
            assert_eq!(group.all_to_all(&out, 3).unwrap(), got);
            group.barrier().unwrap();
        });
    }
}

#[test]
fn a_rank_that_dies_is_noticed_at_once() {
    let start = Instant::now();
    let errors = group(3, |mut group| {
        group.barrier().unwrap();
        let rank = group.seat().rank;
        if rank == 1 {
            return None;
        }
        let mut numbers = vec![1.0; 1_000_000];
        Some((0..3).find_map(|_| group.sum(&mut numbers).err()).unwrap())
    });
    assert!(errors[1].is_none() && start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    for error in errors.into_iter().flatten() {
        assert!(matches!(error, CollectiveError::Lost { .. }), "{error}");
    }
}

#[test]
fn a_slow_rank_is_waited_for_but_not_for_ever() {
    for (pause, is_slow) in [(300, false), (1_600, true)] {
        let root = free();
        let waits = Waits { answer: Duration::from_millis(1_000), ..waits() };
        let results = ranks(2, |rank| {
            let mut group = Group::at_root(&root, Seat { rank, size: 2 }, &token(), waits).unwrap();
            if rank == 1 {
                thread::sleep(Duration::from_millis(pause));
            }
            group.barrier()
        });
        match (&results[0], is_slow) {
            (Ok(()), false) => {}
            (Err(CollectiveError::Slow { rank: 1, seconds: 1 }), true) => {}
            (other, _) => panic!("{pause} ms: {other:?}"),
        }
    }
}

#[test]
fn ranks_that_do_not_do_the_same_notice_it() {
    let errors = group(2, |mut group| match group.seat().rank {
        0 => group.sum(&mut [1.0, 2.0]).unwrap_err().to_string(),
        _ => group.barrier().unwrap_err().to_string(),
    });
    assert_eq!(errors[0], "rank 1 sent Bytes of operation 1, expected Numbers of operation 1");
    let errors = group(2, |mut group| group.sum(&mut vec![1.0; 2 + 2 * group.seat().rank]).map_err(|e| e.to_string()));
    assert_eq!(errors[0], Err("rank 1 sent 8 bytes, expected 4 bytes".to_owned()));
    let errors = group(2, |mut group| match group.seat().rank {
        0 => group.broadcast(&[0; 100], 100).map(drop),
        _ => group.broadcast(&[], 99).map(drop),
    });
    assert_eq!(errors[1].as_ref().unwrap_err().to_string(), "rank 0 sent 100 bytes, expected at most 99 bytes");
}

#[test]
fn nobody_without_the_token_gets_in_and_the_others_meet_all_the_same() {
    let root = free();
    let results = ranks(4, |number| match number {
        0..2 => {
            let mut group = Group::at_root(&root, Seat { rank: number, size: 2 }, &token(), waits()).unwrap();
            group.barrier().map_err(|error| error.to_string())
        }
        2 => {
            let other = Token::new("a token of the other").unwrap();
            let refused = Group::at_root(&root, Seat { rank: 1, size: 2 }, &other, waits()).map(drop);
            // Whoever comes too late finds nobody.
            assert!(refused.is_err());
            refused.map_err(|error| error.to_string()).or(Ok(()))
        }
        _ => {
            let stranger = (0..100).find_map(|_| TcpStream::connect(&root).ok());
            let _ = stranger.map(|mut stranger| stranger.write_all(b"GET / HTTP/1.0\r\n\r\n"));
            Ok(())
        }
    });
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}

/// What rank 0 answers to a stranger's bytes while it waits, and how it ends when nobody else comes.
fn answer_to(bytes: &[u8]) -> (Vec<u8>, String) {
    let door = free();
    let waits = Waits { start: Duration::from_millis(400), ..waits() };
    thread::scope(|scope| {
        let root = scope.spawn(|| Group::at_root(&door, Seat { rank: 0, size: 3 }, &token(), waits).unwrap_err());
        let mut stream = (0..100)
            .find_map(|_| {
                thread::sleep(Duration::from_millis(5));
                TcpStream::connect(&door).ok()
            })
            .unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer); // a connection with unread bytes may be reset
        (answer, root.join().unwrap().to_string())
    })
}

#[test]
fn what_strangers_send_is_refused_before_it_is_read_and_the_reason_is_said() {
    let head = |rank: u32, size: u32, token: &[u8]| {
        let mut bytes = b"rapidvec\x01\0\0\0".to_vec();
        bytes.extend([rank.to_le_bytes(), size.to_le_bytes()].concat());
        bytes.extend([&[0, 1][..], &(token.len() as u16).to_le_bytes(), token].concat());
        bytes
    };
    let own = SECRET.as_bytes();
    let cases = [
        (b"GET / HTTP/1.0\r\n\r\n".to_vec(), 5, "it is another version of rapidvec"),
        (head(1, 3, b"another secret of them"), 2, "it has another job token"),
        (head(1, 3, &[b'x'; 60_000]), 2, "it has another job token"),
        (head(1, 2, own), 3, "it counts another number of workers"),
        (head(3, 3, own), 4, "its rank is taken or too high"),
        (head(0, 3, own), 4, "its rank is taken or too high"),
    ];
    let got = ranks(cases.len(), |case| answer_to(&cases[case].0));
    for ((bytes, answer, reason), (got, error)) in cases.iter().zip(got) {
        assert!(got.is_empty() && bytes.len() > 1_000 || got == [*answer], "{reason}: {got:?}");
        let expected =
            "2 of 3 workers did not come within 0 s: rank 1, 2; of 1 connections that were refused, the last: ";
        assert_eq!(error, format!("{expected}{reason}"));
    }
    let (answer, error) = answer_to(b"rapid"); // and then nothing
    assert!(answer.is_empty());
    assert_eq!(error, "2 of 3 workers did not come within 0 s: rank 1, 2");
}

#[test]
fn who_finds_nobody_says_where() {
    let (root, waits) = (free(), Waits { start: Duration::from_millis(100), ..waits() });
    let error = Group::at_root(&root, Seat { rank: 1, size: 2 }, &token(), waits).unwrap_err();
    assert!(error.to_string().starts_with(&format!("rank 0 cannot be reached at {root}: ")), "{error}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let _holder = TcpListener::bind(&taken).unwrap();
    let error = Group::at_root(&taken, Seat { rank: 0, size: 2 }, &token(), waits).unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot listen at {taken}: ")), "{error}");
    for seat in [Seat { rank: 2, size: 2 }, Seat { rank: 0, size: 0 }] {
        let error = Group::at_root(&root, seat, &token(), waits).unwrap_err();
        assert!(matches!(error, CollectiveError::NoSuchRank { .. }));
    }
    let door = Door::open("127.0.0.1:0").unwrap();
    let error = Group::of_list(&door, &[], Seat { rank: 0, size: 1 }, &token(), waits).unwrap_err();
    assert_eq!(error.to_string(), "expected the addresses of 1 workers, got 0");
}
