"""Prints tiny files of the chapter's form as this Python and NumPy pickle them: name, tab, bytes in hexadecimal.

    python3 tiny_pickles.py >> tiny_pickles.tsv      # once for each NumPy worth recording
"""
import collections
import pickle
import sys

import numpy as np

MADE_BY = f"python{sys.version_info[0]}.{sys.version_info[1]}-numpy{np.__version__}"
ROWS = [[1.0, -2.5, 0.25], [0.5, 0.0, 3.0]]


def show(name, params, protocol):
    print(f"{MADE_BY}/{name}/protocol{protocol}", pickle.dumps(params, protocol).hex(), sep="\t")


def params(array, **more):
    return {"word_vecs": array, "word_to_id": {"a": 0, "né\n\\": 1}, "id_to_word": {0: "a", 1: "né\n\\"}, **more}


for protocol in range(6):
    show("f2", params(np.array(ROWS, np.float16)), protocol)
    read_only = np.array(ROWS, np.float32)
    read_only.flags.writeable = False
    numpy_ids = {
        "word_vecs": read_only,
        "word_to_id": collections.OrderedDict([("né\n\\", np.int64(1)), ("a", np.int64(0))]),
        "id_to_word": {np.uint8(1): "né\n\\", np.int32(0): "a"},
    }
    show("f4-read-only-numpy-ids-ordered", numpy_ids, protocol)
    words = {"a": 0, "né\n\\": 1}
    more = dict(loss=[4.16, 4.15], steps=10**12, same_words=words, tags=("x", ["y"], {"z": None}), lr=np.float32(0.1))
    show("f8-columns-with-more-keys", {**params(np.asfortranarray(np.array(ROWS, np.float64)), **more)}, protocol)
    show("f4-big-endian", params(np.array(ROWS, ">f4")), protocol)
