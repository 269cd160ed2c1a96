"""The mutants, and what counts as a fault. Run with `python -m unittest` in this folder."""

import gzip
import json
import pickle
import random
import struct
import tempfile
import unittest
import zipfile
import zlib
from io import BytesIO

import formats
import pieces
import running

PLAIN = {"pickle": [pickle.dumps({"word_vecs": [[1.0]], "word_to_id": {"a": 0}, "id_to_word": {0: "a"}}, 4)]}


def model():
    """A small file of rapidvec's form, without checksums."""
    header = {"__metadata__": {"rapidvec.format": "1"}, "input.weight": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + struct.pack("<2f", 0.5, -0.5)


class Mutants(unittest.TestCase):
    def setUp(self):
        self.seeds = {**PLAIN, "safetensors": [model()], "checkpoint": [model()]}

    def test_a_number_gives_the_same_mutant_and_another_number_another(self):
        for kind in formats.KINDS:
            again = [[formats.mutant(kind, self.seeds, 7, number) for number in range(2, 30)] for _ in range(2)]
            self.assertEqual(again[0], again[1], kind)
            self.assertGreater(len(set(again[0])), 15, kind)

    def test_the_first_has_no_fault(self):
        text = formats.mutant("text", self.seeds, 1, 0).decode().splitlines()
        self.assertEqual(text[0], f"{len(formats.WORDS)} {formats.SIZE}")
        self.assertEqual({len(line.split()) for line in text[1:]}, {formats.SIZE + 1})
        with zipfile.ZipFile(BytesIO(formats.mutant("npz", self.seeds, 1, 0))) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(archive.namelist(), ["vectors.npy", "words.npy", "counts.npy"])
        self.assertEqual(pickle.loads(formats.mutant("pickle", self.seeds, 1, 0))["word_to_id"], {"a": 0})
        self.assertEqual(formats.mutant("safetensors", self.seeds, 1, 0)[-8:], model()[-8:])

    def test_packed_files_unpack_where_they_were_changed_before(self):
        unpacked = 0
        for number in range(2, 60):
            data = formats.mutant("packed", self.seeds, 1, number)
            if data[:2] == b"\x1f\x8b":
                try:
                    gzip.decompress(data)
                    unpacked += 1
                except (OSError, EOFError, ValueError, struct.error, zlib.error):
                    pass
        self.assertGreater(unpacked, 3)

    @unittest.skipIf(formats.xxhash is None, "xxhash is not installed")
    def test_checksums_are_those_of_the_data(self):
        data = formats.resealed(model())
        header = json.loads(data[8:8 + struct.unpack("<Q", data[:8])[0]])
        self.assertEqual(header["__metadata__"]["checksum.input.weight"], formats.xxhash.xxh3_128(data[-8:]).hexdigest())
        self.assertEqual(data[-8:], struct.pack("<2f", 1.0, -0.5))

    def test_a_change_hits_what_a_piece_is(self):
        rng = random.Random(1)
        row = struct.pack("<3f", 1, 2, 3)
        self.assertTrue(all(len(pieces.floats(row, rng)) % 4 == 0 for _ in range(100)))
        self.assertEqual({len(pieces.integer("<q", b"\1" + bytes(7), rng)) for _ in range(100)}, {8})
        self.assertIn(b"8", {pieces.of_kind("number", b"7", rng) for _ in range(100)})


class Faults(unittest.TestCase):
    def run_shell(self, script, **options):
        with tempfile.TemporaryDirectory() as folder:
            return running.run(["sh", "-c", script], folder, **options).faults

    def test_what_behaves_has_none(self):
        self.assertEqual(self.run_shell("cat", given=b"you"), [])
        self.assertEqual(self.run_shell("echo error: no >&2; exit 1"), [])

    def test_each_fault_is_seen(self):
        for script, fault in [("kill -ABRT $$", "ended by SIGABRT"), ("echo >&2; exit 101", "panic"), ("exit 1", "failed without a message"),
                              ("echo thread panicked at x >&2; exit 1", "panic"), ("exit 7", "exit code 7"),
                              ("printf '\\033[31m'", "an escape of a terminal")]:
            self.assertEqual(self.run_shell(script), [fault], script)

    def test_memory_and_time_are_measured(self):
        hog = ["python3", "-c", "x = b'x' * (150 << 20)"]
        self.assertRegex(running.run(hog, ".").faults[0], "MB for files of 0 bytes")
        self.assertEqual(running.run(hog, ".", sizes=200 << 20).faults, [])
        done = running.Run(0, 6.0, 0, b"", b"")
        self.assertEqual(running.faults(done, False, 0), ["6.0 s"])

    def test_who_is_interrupted_may_end_with_its_code(self):
        script = "trap 'exit 130' INT; while :; do sleep 0.05; done"
        self.assertEqual(self.run_shell(script, interrupt_after=0.3), [])


if __name__ == "__main__":
    unittest.main()
