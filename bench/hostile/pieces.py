"""Files as lists of pieces, and one change of a piece.

A blind flip of a bit is refused by the first check of a reader and shows nothing behind it. So a file is made as a list of
`(kind, bytes)`: a count, a row of floats, a word, a separator. A change knows what its piece is, and hits it where it counts.
"""

import struct

# Numbers that sizes, counts and offsets should not have.
WILD = [0, 1, 2, 3, 7, 127, 128, 255, 256, 32767, 65535, 65536, 2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**40, 2**53, 2**62,
        2**63 - 1, 2**63, 2**64 - 1, -1, -2, -2**31, -2**63]

# Floats that rows should not have, or seldom do.
FLOATS = [0.0, -0.0, 1e-45, -1e-45, 3.4e38, -3.4e38, float("inf"), float("-inf"), float("nan"), 1.0, 65504.0, 65536.0]

DIGITS = ["", "-", "+1", "1e309", "-1e-400", "0x10", "1_000", "１２", "nan", "-inf", "NaN", "1e", ".", "1.5.2", "1" * 400, "0" * 300 + "1",
          "99999999999999999999", "-0", "00", "1e5", " 3"]

WORDS = ["", " ", "\u00a0", "\u0085", "\u2028", "\ufeff", "</s>", "<eos>", "a b", "a\tb", "\x1b[31mred\x1b[0m", "\x07", "\x00", "\r", "고양이",
         "e\u0301", "\U0001f469\u200d\U0001f52c", "\u202edrow", "0.5", "-1", "NaN", "3 4", "x" * 5000, "'", '"', "\\", "../../etc", "$(x)",
         "__label__x", "you", "__metadata__"]

# Bytes that are not valid UTF-8.
BROKEN = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xc0\x80"]

INTEGERS = {"i8": "<b", "u8": "<B", "u16": "<H", "u32": "<I", "i32": "<i", "u64": "<Q", "i64": "<q"}


def join(pieces):
    """The file."""
    return b"".join(data for _, data in pieces)


def change(pieces, rng):
    """The same pieces after one change."""
    pieces = list(pieces)
    place = rng.randrange(len(pieces))
    kind, data = pieces[place]
    choice = rng.random()
    if choice < 0.70:
        pieces[place] = (kind, of_kind(kind, data, rng))
    elif choice < 0.76:
        del pieces[place]
    elif choice < 0.82:
        pieces[place:place] = [(kind, data)] * rng.choice([1, 2, 30])
    elif choice < 0.88:
        other = rng.randrange(len(pieces))
        pieces[place], pieces[other] = pieces[other], pieces[place]
    elif choice < 0.92:
        pieces = pieces[:place]  # cut between two pieces, or below within one
    elif choice < 0.96:
        pieces[place:] = [(kind, data[:rng.randrange(len(data) + 1)])]
    else:
        pieces.append(("bytes", rng.choice([b"\0", b"\n", b"x" * 100, data])))
    return pieces or [("bytes", b"")]


def change_often(pieces, rng, times):
    """The same pieces after some changes."""
    for _ in range(times):
        pieces = change(pieces, rng)
    return pieces


def of_kind(kind, data, rng):
    """A piece in this piece's place."""
    if kind in INTEGERS:
        return integer(INTEGERS[kind], data, rng)
    if kind == "floats":
        return floats(data, rng)
    if kind == "number":
        near = [str(int(data) + step).encode() for step in (-1, 1)] if data.isdigit() else []
        return rng.choice(near + [str(rng.choice(WILD)).encode(), rng.choice(DIGITS).encode()])
    if kind == "word":
        return rng.choice([rng.choice(WORDS).encode(), rng.choice(BROKEN), data + rng.choice(BROKEN), data + rng.choice(WORDS).encode()])
    if kind == "space":
        return rng.choice([b"", b" ", b"  ", b"\t", b"\n", b"\r\n", b"\r", b"\0", b"\x0b", "\u00a0".encode(), "\u3000".encode()])
    return flipped(data, rng)


def integer(form, data, rng):
    """A wild number of this width, or one near to what was there."""
    width = struct.calcsize(form)
    if len(data) != width:
        return flipped(data, rng)
    old = int.from_bytes(data, "little")
    new = old + rng.choice([-2, -1, 1, 2]) if rng.random() < 0.5 else rng.choice(WILD)
    return (new % (1 << (8 * width))).to_bytes(width, "little")


def floats(data, rng):
    """The same row with one number changed, or one number more or less."""
    numbers = [data[i:i + 4] for i in range(0, len(data), 4)]
    if not numbers:
        return data
    place = rng.randrange(len(numbers))
    if rng.random() < 0.8:
        numbers[place] = struct.pack("<f", rng.choice(FLOATS))
    elif rng.random() < 0.5:
        del numbers[place]
    else:
        numbers.insert(place, numbers[place])
    return b"".join(numbers)


def flipped(data, rng):
    """A bit flipped, bytes cut out or put in."""
    data = bytearray(data or b"\0")
    place = rng.randrange(len(data))
    choice = rng.random()
    if choice < 0.5:
        data[place] ^= 1 << rng.randrange(8)
    elif choice < 0.7:
        data[place] = rng.choice([0, 1, 0x20, 0x7F, 0x80, 0xFF])
    elif choice < 0.85:
        del data[place:place + rng.randrange(1, 40)]
    else:
        data[place:place] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 9)))
    return bytes(data)
