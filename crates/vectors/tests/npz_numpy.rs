//! NumPy opens what we write, without pickles, and we open what NumPy writes.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec_core::Vocabulary;
use rapidvec_vectors::format::npz::NpzWriter;
use rapidvec_vectors::format::{OpenOptions, npz};
use rapidvec_vectors::format::{TableView, VectorWriter};
use rapidvec_vectors::{Numbers, WordVectors};
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// The Python of `RAPIDVEC_PYTHON`, or `python3`, if it has NumPy.
fn python() -> Option<Command> {
    let name = std::env::var("RAPIDVEC_PYTHON").unwrap_or_else(|_| "python3".into());
    let has_numpy = Command::new(&name).args(["-c", "import numpy"]).output().is_ok_and(|o| o.status.success());
    if !has_numpy {
        let what = format!("SKIPPED: {name} has no numpy; set RAPIDVEC_PYTHON to one that has\n");
        std::io::stderr().write_all(what.as_bytes()).unwrap(); // past the harness, which hides what passing tests print
        return None;
    }
    Some(Command::new(name))
}

/// Runs `program` with `path` as its argument; its complaints are ours.
fn run(mut python: Command, program: &str, path: &Path) {
    let output = python.args(["-W", "error", "-X", "utf8", "-c", program]).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn vocabulary(counted: bool) -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    let words = ["", " ", "뜻\n", "😀", "a\0b", "\\'\"", &"long".repeat(70)];
    for (id, word) in words.iter().map(|word| (*word).to_owned()).chain((7..1001).map(|i| format!("w{i}"))).enumerate()
    {
        assert!(vocabulary.insert(&word, if counted { u64::MAX - id as u64 } else { 0 }).is_some());
    }
    vocabulary
}

fn numbers() -> Vec<f32> {
    (0..2002).map(|i| i as f32 / 8.0 - 100.0).collect() // exact in half precision
}

const LOAD: &str = "
import sys, zipfile, numpy as np
with np.load(sys.argv[1], allow_pickle=False) as f:
    names, v, w = list(f), f['vectors'], f['words']
    counts = f['counts'] if 'counts' in names else None
half, counted = sys.argv[1].endswith('half.npz'), 'counted' in sys.argv[1]
assert names == ['vectors', 'words'] + ['counts'] * counted, names
assert v.dtype == ('<f2' if half else '<f4') and v.shape == (1001, 2) and v.flags.c_contiguous, (v.dtype, v.shape)
assert (v == (np.arange(2002).reshape(1001, 2) / 8 - 100)).all()
assert w.dtype.kind == 'U' and w.shape == (1001,), (w.dtype, w.shape)
expected = ['', ' ', '뜻\\n', '😀', 'a\\0b', '\\\\\\'\"', 'long' * 70] + [f'w{i}' for i in range(7, 1001)]
assert w.tolist() == expected
assert not counted or counts.dtype == '<u8' and counts.tolist() == [2**64 - 1 - i for i in range(1001)]
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None and all(i.date_time == (1980, 1, 1, 0, 0, 0) for i in z.infolist())
";

#[test]
fn numpy_loads_what_we_write_without_pickles_and_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    for (name, counted, half) in
        [("plain.npz", false, false), ("counted.npz", true, false), ("counted_half.npz", true, true)]
    {
        let Some(python) = python() else { return };
        let path = folder.path().join(name);
        npz::NpzWriter::new(TableView::new(&vocabulary(counted), 2, &numbers()).half(half))
            .unwrap()
            .write(&path)
            .unwrap();
        run(python, LOAD, &path);
    }
}

const SAVE: &str = "
import sys, os, numpy as np
os.chdir(sys.argv[1])
v = np.arange(6, dtype='f4').reshape(3, 2) / 4
w = np.array(['the', '고양이', ''])
np.savez('plain.npz', vectors=v, words=w)
np.savez_compressed('packed.npz', vectors=v, words=w, counts=np.array([7, 5, 3]))
np.savez('positional.npz', w, v.astype('f8'))
np.savez_compressed('half.npz', E=v.astype('f2'), vocab=np.array([x.encode() for x in w.tolist()]), other=np.arange(9))
np.savez('columns.npz', vectors=np.asfortranarray(v), words=w)
np.savez('objects.npz', vectors=v, words=w.astype(object))
np.savez('big_endian.npz', vectors=v.astype('>f4'), words=w)
np.savez('scalar.npz', vectors=np.float32(1), words=w)
np.savez('fields.npz', vectors=np.zeros(3, dtype=[('a', 'f4'), ('b', 'i4')]), words=w)
";

#[test]
fn we_read_what_numpy_saves_and_refuse_what_is_not_a_table_of_vectors() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    run(python, SAVE, folder.path());
    for (name, counts) in
        [("plain.npz", [0, 0, 0]), ("packed.npz", [7, 5, 3]), ("positional.npz", [0; 3]), ("half.npz", [0; 3])]
    {
        let vectors = WordVectors::open(folder.path().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(vectors.vocabulary().words().collect::<Vec<_>>(), ["the", "고양이", ""], "{name}");
        assert_eq!(vectors.rows().to_f32(), [0.0, 0.25, 0.5, 0.75, 1.0, 1.25], "{name}");
        assert_eq!((vectors.vocabulary().counts(), vectors.rows().is_half()), (&counts[..], name == "half.npz"));
    }
    for (name, expected) in [
        ("columns.npz", "row after row"),
        ("objects.npz", "array `words` holds pickled Python objects"),
        ("big_endian.npz", ">f4"),
        ("scalar.npz", "expected the shape [any, any]"),
        ("fields.npz", "'a'"),
    ] {
        let refused = WordVectors::open(folder.path().join(name)).unwrap_err().to_string();
        assert!(refused.contains(expected), "{name}: {refused}");
    }
}

/// Sizes of 64 bits are used from 4 GB on; the test needs 5 GB of disk and some minutes, so it is ignored by default.
#[test]
#[ignore = "writes 4.4 GB"]
fn numpy_loads_parts_beyond_4_gb() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.npz");
    let mut vocabulary = Vocabulary::new();
    (0..1100).for_each(|i| assert!(vocabulary.insert(&format!("w{i}"), i).is_some()));
    let mut vectors = vec![0.0; 1100 << 20];
    vectors[(1099 << 20) + 5] = 7.5;
    let writer = NpzWriter::new(TableView::new(&vocabulary, 1 << 20, &vectors)).unwrap();
    writer.write(&path).unwrap();
    drop(vectors);
    let program = "
import sys, zipfile, numpy as np
with np.load(sys.argv[1]) as f: assert f['words'][1099] == 'w1099' and f['counts'][1099] == 1099
with zipfile.ZipFile(sys.argv[1]).open('vectors.npy') as f:
    assert np.lib.format.read_magic(f) == (1, 0) and np.lib.format.read_array_header_1_0(f)[0] == (1100, 1 << 20)
    f.seek(f.tell() + 4 * ((1099 << 20) + 5))
    assert np.frombuffer(f.read(4), '<f4') == 7.5
";
    run(python, program, &path);
    let bytes = std::fs::read(&path).unwrap();
    let options = OpenOptions { limit: Some(1), ..OpenOptions::default() };
    let (table, _) = npz::read(&bytes, &options).unwrap();
    assert!(table.vocabulary.len() == 1 && table.numbers == Numbers::F32(vec![0.0; 1 << 20]));
}
