"""How good are the vectors? All systems by one evaluator, over one list of words.

The order of words of equal count differs from system to system and decides which words are the 30,000 most frequent, and so which
questions are asked. So the vectors of all systems are rewritten in one order, rapidvec's: by descending count, words of equal
count as the text first has them; words that one system lacks are left out for all. Then `rapidvec eval` measures them: analogies
among the first 30,000 words, pairs among all.

The bars are for three sets. Four more, which nothing was held against while rapidvec was made, show whether that carries over.
"""

import json
from pathlib import Path

from common import machine

# Measures, and the files they are taken from: those of the bars, and more.
SETS = {"analogy": "questions-words.txt", "ws353": "ws353.txt", "simlex": "SimLex999.txt"}
MORE_SETS = {"msr": "analogies/msr.txt", "men": "similarities/men_dataset.txt", "mturk": "similarities/mturk.txt",
             "rare": "similarities/rarewords.txt"}
ANALOGIES = ("analogy", "msr")
RESTRICT = 30_000


def find_sets(folders, files):
    """The files of each measure in the first folder that has them all, also in its subfolder `eval`; None if there is none."""
    for folder in filter(None, folders):
        for place in (Path(folder, "eval"), Path(folder)):
            if all((place / name).is_file() for name in files.values()):
                return {measure: place / name for measure, name in files.items()}
    return None


def made_up_sets(folder):
    """Questions and pairs over the words of a made-up text, for a smoke run: they mean nothing."""
    questions = ": made-up\n" + "".join(f"w{i} w{i + 1} w{i + 2} w{i + 3}\n" for i in range(20))
    pairs = "".join(f"w{i}\tw{i + 5}\t{i % 7}\n" for i in range(20))
    for measure, name in (SETS | MORE_SETS).items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(questions if measure in ANALOGIES else pairs, encoding="utf-8")


def read_vectors(path):
    """word2vec's binary format: numbers per word, and the bytes of each word's numbers."""
    data = Path(path).read_bytes()
    head, _, _ = data.partition(b"\n")
    count, size = map(int, head.split())
    rows, at = {}, len(head) + 1
    for _ in range(count):
        space = data.index(b" ", at)
        word, at = data[at:space].lstrip(b"\n"), space + 1 + 4 * size
        rows[word] = data[space + 1:at]
        if len(rows[word]) != 4 * size:
            raise ValueError(f"{path}: cut short")
    return size, rows


def common_words(paths):
    """The words of the first file, in its order, that all others have as well."""
    first, *others = (read_vectors(path)[1] for path in paths)
    return [word for word in first if all(word in rows for rows in others)]


def write_ordered(source, words, target):
    """The vectors of `source` for these words, in this order."""
    size, rows = read_vectors(source)
    with open(target, "wb") as out:
        out.write(f"{len(words)} {size}\n".encode())
        for word in words:
            out.write(word + b" " + rows[word])


def scores(output):
    """The numbers of one `rapidvec eval --format json`: accuracy in percent, Spearman's coefficient; None where there was nothing
    to ask."""
    found = []
    for entry in json.loads(output):
        asked = entry["total"] > 0
        if "accuracy" in entry:
            found.append(100 * entry["accuracy"] if asked and entry["accuracy"] is not None else None)
        else:
            found.append(entry["spearman"] if asked else None)
    return found


def evaluate(context, vectors, words, sets):
    """The measures that there are sets for, of a file of vectors."""
    ordered = context.fresh_folder("ordered") / "vectors.bin"
    write_ordered(vectors, words, ordered)
    command = [str(context.program("rapidvec")), "eval", str(ordered), "--format", "json"]
    found = {}
    for restrict, analogies in ((RESTRICT, True), (max(len(words), 1), False)):
        asked = [measure for measure in sets if (measure in ANALOGIES) == analogies]
        output, _ = machine.run([*command, "--restrict", str(restrict), *(str(sets[measure]) for measure in asked)])
        found |= zip(asked, scores(output), strict=True)
    return {measure: found[measure] for measure in sets}
