//! A packed file takes no more memory than it unpacks to and 16 MB, whatever its header asks for; one that is refused for
//! what shows early, such as a missing end, no more than its own size and 16 MB.
//!
//! zstd is C and takes memory past Rust's allocator, so each file is opened in a process of its own, and the most memory that
//! the system ever gave it (`VmHWM`) is compared before and after.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec::corpus::{Corpus, CorpusOptions, Source};
use rapidvec_vectors::WordVectors;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Names the file for [`child`], and how it is opened.
const OPEN: &str = "RAPIDVEC_TEST_OPEN";

/// What became of it, in a process of its own.
struct Opened {
    held: usize,
    /// The error, or nothing.
    refused: String,
}

/// The most memory that this process had so far.
fn max_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() << 10
}

/// Not a test itself: [`open`] runs it.
#[test]
fn child() {
    let Ok(told) = std::env::var(OPEN) else { return };
    let (how, path) = told.split_once(' ').unwrap();
    let path = Path::new(path);
    let sources = [Source::File(path.to_owned())];
    let before = max_memory();
    let refused = match how {
        "vectors" => WordVectors::open(path).err().map(rapidvec::Error::from),
        "book" => Corpus::read(&sources, &CorpusOptions::textbook()).err(),
        _ => {
            let options = CorpusOptions::default().min_count(1).threads(1);
            Corpus::read(&sources, &options).err()
        }
    };
    let refused = refused.map_or(String::new(), |error| error.to_string());
    assert!(processor_time() < Duration::from_secs(5), "{path:?} took {:?}", processor_time());
    println!("\nheld {} {refused}", max_memory() - before);
}

/// The CPU time of this process, threads included: a busy machine does not make a reader slow.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // Behind the name, which may hold anything: fields 14 and 15, in hundredths of a second.
    let fields: Vec<_> = stat[stat.rfind(')').unwrap()..].split(' ').collect();
    Duration::from_millis(10 * fields[12..14].iter().map(|field| field.parse::<u64>().unwrap()).sum::<u64>())
}

fn open(how: &str, path: &Path) -> Opened {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program)
        .args(["child", "--exact", "--nocapture", "--test-threads", "1"])
        .env(OPEN, format!("{how} {}", path.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (held, refused) = text.lines().find_map(|line| line.strip_prefix("held ")).unwrap().split_once(' ').unwrap();
    Opened { held: held.parse().unwrap(), refused: refused.to_owned() }
}

/// A frame of zstd with a window of 2 to the power of `window`, and blocks.
fn zstd(window: u8, blocks: &[u8]) -> Vec<u8> {
    [&b"\x28\xb5\x2f\xfd\0"[..], &[(window - 10) << 3], blocks].concat()
}

/// `count` blocks of 128 KB of zeros, 4 bytes each.
fn zeros(blocks: usize) -> Vec<u8> {
    let block = |last: u32| [&((128 << 10) << 3 | 1 << 1 | last).to_le_bytes()[..3], b"0"].concat();
    [block(0).repeat(blocks - 1), block(1)].concat()
}

/// `junk` in a block as it is.
fn raw(junk: &[u8]) -> Vec<u8> {
    [&((junk.len() as u32) << 3 | 1).to_le_bytes()[..3], junk].concat()
}

/// Packed by xz with a dictionary of `megabytes`.
fn xz(megabytes: u32, bytes: &mut dyn Read) -> Vec<u8> {
    let mut options = lzma_rust2::XzOptions::with_preset(0);
    options.lzma_options.dict_size = megabytes << 20;
    let mut packer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    std::io::copy(bytes, &mut packer).unwrap();
    packer.finish().unwrap()
}

/// What asks for 4 GB of dictionary and holds `junk`.
fn xz_of_4_gb(junk: &[u8]) -> Vec<u8> {
    let mut packed = xz(1, &mut &junk[..]);
    assert_eq!(packed[12..16], [2, 0, 0x21, 1]);
    packed[16] = 40;
    let mut sum = flate2::Crc::new();
    sum.update(&packed[12..20]);
    packed[20..24].copy_from_slice(&sum.sum().to_le_bytes());
    packed
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

#[test]
fn a_small_file_that_asks_for_a_wide_window_is_refused_in_little_memory() {
    let folder = Folder::new();
    let junk = b"2 2\na 1 2\nb 3\n"; // vectors with a number too few
    for (name, bytes, reason) in [
        ("128-mb.zst", zstd(27, &raw(junk)), "expected a word and 2 numbers"),
        ("256-mb.zst", zstd(28, &raw(junk)), "a window of at most 128 MB, got a wider one"),
        ("2-tb.zst", zstd(41, &raw(junk)), "a window of at most 128 MB, got a wider one"),
        ("bomb-usual.zst", zstd(23, &zeros(2000)), "beyond 100:1"),
        ("bomb-wide.zst", zstd(27, &zeros(2000)), "which needs a window of more than 8 MB, beyond 16:1"),
        ("64-mb.xz", xz(64, &mut &junk[..]), "expected a word and 2 numbers"),
        ("4-gb.xz", xz_of_4_gb(junk), "a window of at most 128 MB, got a wider one"),
        ("bomb-usual.xz", xz(8, &mut std::io::repeat(b'0').take(64 << 20)), "beyond 100:1"),
        ("bomb-wide.xz", xz(64, &mut std::io::repeat(b'0').take(64 << 20)), "beyond 16:1"),
    ] {
        let Opened { held, refused } = open("vectors", &folder.file(name, &bytes));
        println!("{name}: {} bytes, {held} held: {refused}", bytes.len());
        assert!(refused.contains(reason), "{name}: {refused}");
        assert!(held < bytes.len() + (16 << 20), "{name}: {held} bytes held");
    }
}

#[test]
fn a_small_text_that_asks_for_a_wide_window_takes_little_memory_either() {
    let folder = Folder::new();
    let text = b"you say goodbye and I say hello\n";
    for (name, bytes, reason) in [
        ("128-mb.zst", zstd(27, &raw(text)), ""),
        ("256-mb.zst", zstd(28, &raw(text)), "a window of at most 128 MB, got a wider one"),
        ("64-mb.xz", xz(64, &mut &text[..]), ""),
        ("4-gb.xz", xz_of_4_gb(text), "a window of at most 128 MB, got a wider one"),
    ] {
        for how in ["book", "sentences"] {
            let Opened { held, refused } = open(how, &folder.file(name, &bytes));
            println!("{how} {name}: {} bytes, {held} held: {refused}", bytes.len());
            assert!(refused.contains(reason) && refused.is_empty() == reason.is_empty(), "{name}: {refused}");
            assert!(held < bytes.len() + (16 << 20), "{how} {name}: {held} bytes held");
        }
    }
}

/// `zstd --long=27` and `xz -9` are not refused where there is as much in them as they say.
#[test]
fn a_large_file_with_a_wide_window_opens() {
    let folder = Folder::new();
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 40) as u32
    };
    let (words, size) = (20_000, 100);
    let mut text = format!("{words} {size}\n");
    for word in 0..words {
        text.push_str(&format!("w{word}"));
        (0..size).for_each(|_| text.push_str(&format!(" 0.{:05}", next() % 100_000)));
        text.push('\n');
    }
    let mut packer = zstd::Encoder::new(Vec::new(), 1).unwrap();
    packer.window_log(27).unwrap();
    packer.long_distance_matching(true).unwrap();
    packer.write_all(text.as_bytes()).unwrap();
    let long = packer.finish().unwrap();
    assert_eq!(long[5], 17 << 3, "the window is not 128 MB wide");
    for (name, bytes) in [("long.zst", long), ("nine.xz", xz(64, &mut text.as_bytes()))] {
        let path = folder.file(name, &bytes);
        assert_eq!(WordVectors::open(&path).unwrap().len(), words);
        let cut = folder.file("cut", &bytes[..bytes.len() - 9]);
        let Opened { held, refused } = open("vectors", &cut);
        println!("{name}: {} bytes of {} held: {held}: {refused}", bytes.len(), text.len());
        assert!(refused.contains("is damaged") || refused.contains("is cut short"), "{name}: {refused}");
        assert!(held < bytes.len() + (16 << 20), "{name}: {held} bytes held");
    }
    // Nothing but the window is kept while it is filled.
    let mut damaged = xz(64, &mut text.as_bytes());
    let middle = damaged.len() / 2;
    damaged[middle..middle + 64].fill(0);
    let Opened { held, refused } = open("vectors", &folder.file("damaged", &damaged));
    println!("damaged.xz: {} bytes of {} held: {held}: {refused}", damaged.len(), text.len());
    assert!(refused.contains("is damaged") || refused.contains("is cut short"), "{refused}");
    assert!(held < damaged.len() + text.len() + (4 << 20), "{held} bytes held");
}
