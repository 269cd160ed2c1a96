//! Refusing a file of word2vec's formats takes less memory than its length and 16 MB, in all threads together.
//!
//! One test, so that nothing else takes memory meanwhile.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec_vectors::WordVectors;
use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts what all threads hold.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed to the system's allocator as it came; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(HELD.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: the caller keeps the promises of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the promises of `dealloc`; `pointer` came from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Opens a file with these bytes, which has to be refused; `length` is what its memory is compared with.
fn check(folder: &Path, name: &str, bytes: &[u8], length: usize) {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let refused = WordVectors::open(&path).unwrap_err();
    let held = PEAK.load(Relaxed) - before;
    println!("{name}: {} bytes, at most {held} held: {refused}", bytes.len());
    assert!(held < length + (16 << 20), "{name}: {held} bytes held for a file of {length}: {refused}");
}

#[test]
fn hostile_files_take_no_more_than_their_length_and_16_mb() {
    let folder = tempfile::tempdir().unwrap();
    let check_plain = |name: &str, bytes: &[u8]| check(folder.path(), name, bytes, bytes.len());
    let rows = 3_000_000;
    for (name, bytes) in [
        ("more rows declared", b"4000000000 1\na 1\n".to_vec()),
        ("more rows of binary declared", b"4000000000 1\na \0\0\0\0".to_vec()),
        ("longer rows declared", b"3 1000000000000\na 1\n".to_vec()),
        (
            "short lines, the last bad",
            [format!("{} 1\n", rows + 1).as_bytes(), &b"a 1\n".repeat(rows), b"b x\n"].concat(),
        ),
        (
            "small numbers, the last bad",
            [&b"30001 300\n"[..], &[&b"a"[..], &b" 1".repeat(300), b"\n"].concat().repeat(30_000), b"b 1\n"].concat(),
        ),
        (
            "small rows of binary, the last bad",
            [format!("{} 1\n", rows + 1).as_bytes(), &b"a \0\0\0\0".repeat(rows), b"b \0\0\xc0\x7f"].concat(),
        ),
        (
            "empty words of binary, one too few",
            [format!("{} 1\n", rows + 1).as_bytes(), &b" \0\0\0\0".repeat(rows)].concat(),
        ),
        ("line ends", [&b"9000000 1\n"[..], &b"\n".repeat(3 * rows)].concat()),
        (
            "lines without numbers after 64 good ones",
            [&[&b"a"[..], &b" 0.5".repeat(100), b"\n"].concat().repeat(64), &b"b\n".repeat(rows)[..]].concat(),
        ),
        ("one long line", [&b"1 1\n"[..], &b"a".repeat(4 * rows)].concat()),
        ("one long word", [&b"1 1\n"[..], &b"a".repeat(4 * rows), b" x\n"].concat()),
        ("a word that continues", [&b"1 1\na "[..], &b"b ".repeat(2 * rows), b" x\n"].concat()),
    ] {
        check_plain(name, &bytes);
    }
    let zeros = vec![b'0'; 64 << 20];
    for ending in ["gz", "bz2", "zst", "xz"] {
        let path = folder.path().join(format!("bomb.{ending}"));
        rapidvec_vectors::format::write_packed(&path, rapidvec_core::atomic_file::Existing::Replace, |out| {
            out.write_all(&zeros)
        })
        .unwrap();
        let bytes = std::fs::read(&path).unwrap();
        check_plain(&format!("again.{ending}"), &bytes);
    }
}
