"""Writes folders of model2vec into a folder, loads the one that rapidvec wrote there, and prints vectors of texts."""

import os
import sys

import numpy as np
from model2vec import StaticModel
from tokenizers import Tokenizer, models, pre_tokenizers

folder = sys.argv[1]
if len(sys.argv) > 2:
    model = StaticModel.from_pretrained(folder)
    for vector in model.encode(sys.argv[2:]):
        print(*vector.astype(np.float32).view(np.uint32))
    sys.exit()
kinds = {
    "words": models.WordLevel({"[PAD]": 0, "[UNK]": 1, "king": 2, "안녕": 3}, unk_token="[UNK]"),
    "pieces": models.WordPiece({"[PAD]": 0, "[UNK]": 1, "king": 2, "##s": 3}, unk_token="[UNK]"),
    "unigram": models.Unigram([("[PAD]", 0.0), ("[UNK]", 0.0), ("▁king", -1.0), ("s", -2.0)], unk_id=1),
}
for name, kind in kinds.items():
    tokenizer = Tokenizer(kind)
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    StaticModel(np.arange(16, dtype=np.float32).reshape(4, 4), tokenizer, normalize=False).save_pretrained(os.path.join(folder, name))
