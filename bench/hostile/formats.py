"""A maker of mutants for each kind of file that rapidvec reads.

Everything but rapidvec's own models is written here, without rapidvec's code.
"""

import bz2
import gzip
import io
import json
import lzma
import pickletools
import random
import struct
import subprocess
import sys
import zipfile

import more_formats
import pieces

try:
    import xxhash
except ImportError:
    xxhash = None

WORDS = ["you", "고양이", "goodbye", "i", "hello", "new york", ".", "say"]
SIZE = 3


def numbers(rng, count=SIZE):
    """A row."""
    return struct.pack(f"<{count}f", *(round(rng.uniform(-1, 1), 3) for _ in range(count)))


def plain(words, rng, separator=(" ",)):
    """A row of text, without the line end."""
    row = [("word", words.encode())]
    for value in struct.unpack(f"<{SIZE}f", numbers(rng)):
        row += [("space", rng.choice(separator).encode()), ("number", f"{value:.4g}".encode())]
    return row


def text(rng):
    """word2vec's text."""
    found = [("number", str(len(WORDS)).encode()), ("space", b" "), ("number", str(SIZE).encode()), ("space", b"\n")]
    for word in WORDS:
        found += plain(word.replace(" ", "_"), rng) + [("space", b"\n")]
    return found


def glove(rng):
    """The same without its first line."""
    return text(rng)[4:]


def binary(rng):
    """word2vec's binary."""
    found = text(rng)[:4]
    end = rng.choice([b"", b"\n"])
    for word in WORDS:
        found += [("word", word.replace(" ", "_").encode()), ("space", b" "), ("floats", numbers(rng)), ("bytes", end)]
    return found


def fasttext(rng):
    """A model of fastText: with n-grams or without, a classifier."""
    kind, buckets, labels = rng.choice([(2, 6, []), (1, 0, []), (3, 2, ["__label__a"])])
    found = [("i32", struct.pack("<i", n)) for n in (793_712_314, 12)]
    grams = [2, 4] if buckets else [0, 0]
    found += [("i32", struct.pack("<i", n)) for n in [SIZE, 5, 5, 1, 5, 1, 2, kind, buckets, *grams, 100]]
    found.append(("bytes", struct.pack("<d", 1e-4)))
    found += [("i32", struct.pack("<i", n)) for n in (len(WORDS) + len(labels), len(WORDS), len(labels))]
    found += [("i64", struct.pack("<q", n)) for n in (976, -1)]
    for word, is_label in [(word, 0) for word in WORDS] + [(label, 1) for label in labels]:
        found += [("word", word.encode()), ("u8", b"\0"), ("i64", struct.pack("<q", 7)), ("u8", bytes([is_label]))]
    for rows in (len(WORDS) + buckets, len(labels) or len(WORDS)):
        found.append(("u8", b"\0"))  # quantised or not
        found += [("i64", struct.pack("<q", n)) for n in (rows, SIZE)]
        found += [("floats", numbers(rng)) for _ in range(rows)]
    return found


def array(descr, shape, data):
    """One array of NumPy."""
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    tokens = []
    for token in head.replace("(", " ( ").replace(")", " ) ").replace(",", " , ").split(" "):
        tokens.append(("number" if token.isdigit() else "bytes", token.encode()))
    tokens.append(("space", b"\n"))
    length = struct.pack("<H", sum(len(token) for _, token in tokens))
    return [("bytes", b"\x93NUMPY"), ("u8", b"\1"), ("u8", b"\0"), ("u16", length), *tokens, *data]


def npz(rng, damaged):
    """An archive: its arrays are changed and packed with right checksums, or the archive itself is changed."""
    rows = [("floats", numbers(rng)) for _ in WORDS]
    width = max(map(len, WORDS))
    letters = [("word", word.ljust(width, "\0").encode("utf-32-le")) for word in WORDS]
    counts = [("i64", struct.pack("<q", 100 - n)) for n in range(len(WORDS))]
    arrays = {"vectors": array("<f4", f"({len(WORDS)}, {SIZE})", rows), "words": array(f"<U{width}", f"({len(WORDS)},)", letters),
              "counts": array("<i8", f"({len(WORDS)},)", counts)}
    whole = rng.random() < 0.3
    for _ in range(0 if whole else damaged):
        name = rng.choice(sorted(arrays))
        arrays[name] = pieces.change(arrays[name], rng)
    out = io.BytesIO()
    method = rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in arrays.items():
            if not damaged or rng.random() > 0.03:
                archive.writestr(zipfile.ZipInfo(name + ".npy"), pieces.join(content), method)  # without the time of day
    data = out.getvalue()
    for _ in range(damaged if whole else 0):
        data = pieces.flipped(data, rng)
    return data


PICKLED = """
import pickle, sys, numpy
words = sys.argv[1:]
for kind in "f4", "f2":
    rows = (numpy.arange(3 * len(words)).reshape(-1, 3) / 16 - 0.5).astype(kind)
    content = {"word_vecs": rows, "word_to_id": {w: i for i, w in enumerate(words)}, "id_to_word": dict(enumerate(words))}
    for protocol in 2, 3, 4, 5:
        print(pickle.dumps(content, protocol).hex())
for kind in list, tuple:
    print(pickle.dumps({word: kind(map(float, row)) for word, row in zip(words, rows)}, 4).hex())
print(pickle.dumps({word: row for word, row in zip(words, rows)}, 4).hex())
"""


def pickles():
    """The chapter's dictionary by every protocol, and a dictionary of vectors. Another process makes them: NumPy would be part of each child's peak memory."""
    words = [word.replace(" ", "_") for word in WORDS]
    made = subprocess.run([sys.executable, "-c", PICKLED, *words], capture_output=True, text=True)
    return [bytes.fromhex(line) for line in made.stdout.split()]


def operations(data):
    """A pickle, an operation a piece."""
    places = [place for _, _, place in pickletools.genops(data)] + [len(data)]
    return [("bytes", data[a:b]) for a, b in zip(places, places[1:])]


def wild_value(value, rng):
    """Something in the place of a value of JSON."""
    choices = [None, True, [], {}, "", "x", -1, 1.5, 1e308, rng.choice(pieces.WILD), str(rng.choice(pieces.WILD)), [value], {"a": value},
               rng.choice(pieces.WORDS)]
    if isinstance(value, int) and not isinstance(value, bool):
        choices += [value + 1, value - 1, float(value), str(value)] * 2
    if isinstance(value, list) and value:
        choices += [value[:-1], value + value, value[::-1], [wild_value(value[0], rng), *value[1:]]]
    if isinstance(value, str):
        choices += [value + "\0", value[:-1], value.upper()]
        try:
            inner = json.loads(value)  # settings are JSON in a text
            choices += [json.dumps(changed(inner, rng))] * 20 if isinstance(inner, dict | list) else []
        except ValueError:
            pass
    return rng.choice(choices)


def changed(tree, rng):
    """A tree of JSON with one value changed, removed or renamed."""
    if isinstance(tree, dict) and tree:
        key = rng.choice(sorted(tree))
        tree = dict(tree)
        choice = rng.random()
        if choice < 0.08:
            del tree[key]
        elif choice < 0.12:
            tree[key + rng.choice(["x", "\0", " "])] = tree.pop(key)
        elif choice < 0.6 and isinstance(tree[key], dict | list):
            tree[key] = changed(tree[key], rng)
        else:
            tree[key] = wild_value(tree[key], rng)
        return tree
    if isinstance(tree, list) and tree and rng.random() < 0.7:
        place = rng.randrange(len(tree))
        return [*tree[:place], changed(tree[place], rng), *tree[place + 1:]]
    return wild_value(tree, rng)


def with_checksums(header, data):
    """The header with checksums that fit, as rapidvec writes them. It stays as it is where it is too damaged for one."""
    try:
        metadata = {key: value for key, value in header["__metadata__"].items() if not key.startswith("checksum.")}
        shapes = []
        for name, tensor in header.items():
            if name != "__metadata__":
                first, last = tensor["data_offsets"]
                metadata[f"checksum.{name}"] = xxhash.xxh3_128(data[first:last]).hexdigest()
                sizes = b"".join(struct.pack("<Q", n) for n in [*tensor["shape"], first, last])
                shapes.append(name.encode() + b"\0" + tensor["dtype"].encode() + b"\0" + sizes)
        seen = [key.encode() + b"\0" + metadata[key].encode() + b"\0" for key in sorted(metadata)]
        metadata["checksum.header"] = xxhash.xxh3_128(b"".join(seen + sorted(shapes))).hexdigest()
        return {**header, "__metadata__": metadata}
    except (KeyError, TypeError, AttributeError, ValueError, struct.error):
        return header


def safetensors(seed, rng, damaged):
    """rapidvec's model: header or numbers changed, with checksums made right in most."""
    length = struct.unpack("<Q", seed[:8])[0]
    header, data = json.loads(seed[8:8 + length]), seed[8 + length:]
    for _ in range(damaged):
        if rng.random() < 0.7:
            header = changed(header, rng)
        else:
            place = rng.randrange(0, len(data), 4)
            new = rng.choice([struct.pack("<f", rng.choice(pieces.FLOATS)), pieces.integer("<Q", data[place:place + 8], rng)])
            data = data[:place] + new + data[place + len(new):]
    if damaged and xxhash and isinstance(header, dict) and rng.random() < 0.85:
        header = with_checksums(header, data)
    text = json.dumps(header, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    if damaged and rng.random() < 0.05:
        text = text.replace(b'"shape"', b'"shape": [1], "shape"', 1)
    size = len(text) if not damaged or rng.random() < 0.95 else rng.choice(pieces.WILD) % 2**64
    return struct.pack("<Q", size) + text + data


def resealed(seed):
    """The model with another first number, and checksums that fit: it has to open, or no forged file gets behind them."""
    length = struct.unpack("<Q", seed[:8])[0]
    header, data = json.loads(seed[8:8 + length]), bytearray(seed[8 + length:])
    place = header["input.weight"]["data_offsets"][0]
    data[place:place + 4] = struct.pack("<f", 1.0)
    text = json.dumps(with_checksums(header, bytes(data))).encode()
    return struct.pack("<Q", len(text)) + text + bytes(data)


def corpus(rng):
    """A text to train on."""
    words = WORDS + ["the", "a", "cat", "dog", "word%d" % rng.randrange(30)]
    found = []
    for _ in range(rng.choice([3, 40, 300])):
        found += [("word", rng.choice(words).encode()), ("space", rng.choice([b" "] * 9 + [b"\n"]))]
    return found


def questions(rng):
    """A file for `eval`: analogies, or pairs with a number."""
    words = [word.replace(" ", "_") for word in WORDS]
    analogies = rng.random() < 0.7
    found = []
    for _ in range(8):
        if analogies and rng.random() < 0.3:
            found += [("bytes", b":"), ("space", b" "), ("word", b"part"), ("space", b"\n")]
        fields = [("word", word.encode()) for word in rng.sample(words, 4 if analogies else 2)]
        fields += [] if analogies else [("number", b"%d" % rng.randrange(10))]
        for field in fields:
            found += [field, ("space", b" ")]
        found[-1] = ("space", b"\n")
    return found


def rows(rng):
    """A row of numbers, as text, for each word."""
    return [[f"{rng.uniform(-1, 1):.3f}" for _ in range(SIZE)] for _ in WORDS]


def table(rng):
    """A table of values."""
    return more_formats.table([word.replace(" ", "_") for word in WORDS], rows(rng), rng)


def dl4j(rng):
    """Deeplearning4j's text."""
    return more_formats.dl4j(WORDS, rows(rng))


PIECEWISE = {"text": text, "glove": glove, "binary": binary, "fasttext": fasttext, "table": table, "dl4j": dl4j}
PACKINGS = {"gz": lambda data: gzip.compress(data, mtime=0), "bz2": bz2.compress, "xz": lzma.compress}


def model(kind, seeds, rng, damaged):
    """A file of vectors of this kind after `damaged` changes."""
    if kind in PIECEWISE:
        return pieces.join(pieces.change_often(PIECEWISE[kind](rng), rng, damaged))
    if kind == "npz":
        return npz(rng, damaged)
    if kind == "archive":
        return more_formats.archive(rng.choice([text, glove])(rng), rng, damaged)
    if kind == "pickle":
        return pieces.join(pieces.change_often(operations(rng.choice(seeds[kind])), rng, damaged))
    if kind == "packed":
        outside = damaged and rng.random() < 0.4
        inner = model(rng.choice(sorted(PIECEWISE)), seeds, rng, 0 if outside else damaged)
        packed = PACKINGS[rng.choice(sorted(PACKINGS))](inner)
        return pieces.flipped(packed, rng) if outside else packed
    return safetensors(rng.choice(seeds[kind]), rng, damaged)


def side(kind, rng, damaged):
    """A text or a file of questions after `damaged` changes; now and then packed."""
    data = pieces.join(pieces.change_often({"corpus": corpus, "questions": questions}[kind](rng), rng, damaged))
    return PACKINGS[rng.choice(sorted(PACKINGS))](data) if rng.random() < 0.1 else data


MODELS = [*PIECEWISE, "pickle", "npz", "packed", "archive", "safetensors", "checkpoint"]
KINDS = [*MODELS, "corpus", "questions"]


def mutant(kind, seeds, seed, number):
    """Mutant `number` of this kind, the same for the same seed. The first is a file without a fault, which has to open; so is the
    second of rapidvec's own models."""
    if number == 1 and kind in ("safetensors", "checkpoint") and xxhash:
        return resealed(seeds[kind][0])
    rng = random.Random(f"{seed}/{kind}/{number}")
    damaged = 0 if number == 0 else rng.choice([1, 1, 1, 2, 3])
    return side(kind, rng, damaged) if kind in ("corpus", "questions") else model(kind, seeds, rng, damaged)
