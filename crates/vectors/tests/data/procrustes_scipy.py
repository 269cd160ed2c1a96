"""Records rotations of SciPy for the tests of crates/vectors/src/measure/procrustes.rs.

    python crates/vectors/tests/data/procrustes_scipy.py > crates/vectors/tests/data/procrustes_scipy.json
"""

import json
import sys

import numpy as np
import scipy
from scipy.linalg import orthogonal_procrustes

rng = np.random.default_rng(18)
cases = []
for rows, size in [(3, 2), (20, 5), (40, 16)]:
    a = rng.normal(size=(rows, size)).astype(np.float32).round(4)
    turn, _ = np.linalg.qr(rng.normal(size=(size, size)))
    b = (a @ turn + 0.3 * rng.normal(size=(rows, size))).astype(np.float32).round(4)
    rotation, _ = orthogonal_procrustes(a.astype(np.float64), b.astype(np.float64))
    shown = lambda matrix, digits: [round(float(x), digits) for x in matrix.ravel()]
    cases.append({"size": size, "a": shown(a, 4), "b": shown(b, 4), "rotation": shown(rotation, 12)})
json.dump({"scipy": scipy.__version__, "numpy": np.__version__, "cases": cases}, sys.stdout)
print()
