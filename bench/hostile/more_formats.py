"""The files that people really have: tables, Deeplearning4j's text, archives of texts, a matrix of NumPy by itself."""

import base64
import io
import tarfile
import zipfile

import pieces


def table(words, rows, rng):
    """Separated values, with a line of names or without."""
    separator = rng.choice([b",", b"\t", b";"])
    found = []
    if rng.random() < 0.5:
        for place in range(len(rows[0]) + 1):
            found += [("word", b"word" if place == 0 else b"%d" % (place - 1)), ("space", separator)]
        found[-1] = ("space", b"\n")
    for word, row in zip(words, rows):
        quoted = rng.random() < 0.2
        found.append(("word", f'"{word}"'.encode() if quoted else word.encode()))
        for number in row:
            found += [("space", separator), ("number", number.encode())]
        found.append(("space", b"\n"))
    return found


def dl4j(words, rows):
    """Words in base64 behind `B64:`; the first line has a third number."""
    found = [("number", b"%d" % len(words)), ("space", b" "), ("number", b"%d" % len(rows[0])), ("space", b" "), ("number", b"120")]
    for word, row in zip(words, rows):
        found += [("space", b"\n"), ("bytes", b"B64:"), ("bytes", base64.b64encode(word.encode()))]
        for number in row:
            found += [("space", b" "), ("number", number.encode())]
    return [*found, ("space", b"\n")]


def archive(inner, rng, damaged):
    """A text in a zip or tar archive; damaged within before it was packed, or as a whole."""
    outside = damaged and rng.random() < 0.4
    text = pieces.join(pieces.change_often(inner, rng, 0 if outside else damaged))
    name = rng.choice(["vectors.txt", "glove.6B.50d.txt", "../up.txt", "a/b.vec"]) if damaged else "vectors.txt"
    out = io.BytesIO()
    if rng.random() < 0.5:
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr(zipfile.ZipInfo(name), text, rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    else:
        with tarfile.open(fileobj=out, mode=rng.choice(["w", "w:bz2"])) as packed:
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            packed.addfile(entry, io.BytesIO(text))
    data = out.getvalue()
    for _ in range(damaged if outside else 0):
        data = pieces.flipped(data, rng)
    return data
