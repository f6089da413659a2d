"""Writes verdicts.json: what an independent numpy program finds in 20 small tensors.

    /usr/bin/python3 tests/engine/goldens/make-verdict-goldens.py PATH/verdict_reference.py

Needs numpy and scipy, and the reference program, which is kept outside of this repository. The weights themselves are not
written: they are a formula, below and in verdict-weights.ts, that gives the same doubles in both languages.
"""

import importlib.util
import json
import math
import pathlib
import sys

import numpy
from scipy import special, stats

GRID = numpy.exp(numpy.linspace(numpy.log(0.5), numpy.log(2048), 60))
FOLDER = pathlib.Path(__file__).parent
SHAPES = [
    ("noise", 6, 1, 5, 5), ("noise", 8, 3, 3, 3), ("noise", 16, 6, 5, 5), ("noise", 12, 4, 2, 2), ("noise", 16, 24, 1, 1),
    ("noise", 10, 1, 3, 3), ("noise", 8, 3, 7, 7), ("noise", 3, 3, 9, 9), ("noise", 20, 12, 3, 3), ("noise", 7, 12, 1, 1),
    ("waves", 6, 1, 5, 5), ("waves", 8, 3, 3, 3), ("waves", 16, 6, 5, 5), ("waves", 12, 4, 2, 2), ("waves", 16, 24, 1, 1),
    ("waves", 24, 1, 3, 3), ("waves", 8, 3, 11, 11), ("waves", 2, 5, 4, 4), ("gains", 12, 8, 3, 3), ("gains", 9, 16, 1, 1),
]


def weights(kind, seed, shape):
    """Bell-shaped noise of a linear congruential generator; 'waves' adds a wave to each filter, 'gains' scales slices."""
    state = seed
    f, c, h, w = shape
    values = numpy.empty(shape)
    for i in range(f):
        for j in range(c):
            for y in range(h):
                for x in range(w):
                    value = -2.0
                    for _ in range(4):
                        state = (state * 1664525 + 1013904223) % 2**32
                        value += state / 2**32
                    if kind == "waves":
                        value += 0.6 * (1 + i % 3) / 3 * math.cos((0.5 + i % 2) * x + 0.7 * (i % 4) * y + 0.4 * (j % 3))
                    if kind == "gains":
                        value *= 1 + (i * 7 + j * 5) % 11
                    values[i, j, y, x] = value
    return values


def plain(value):
    if isinstance(value, numpy.ndarray):
        return value.tolist()
    return float(value)


def own_grid(reference, values):
    """In large slices every filter has a null of its own, so the reference draws those in place of the grid below it."""
    size = values.shape[2] ** 2 - 1
    slices = reference.effective_channels(reference.ac_coefficients(values))
    return numpy.sort(numpy.maximum((slices * (size / 2 + 1) - 1) / size, 0.5))


def layer(reference, kind, seed, shape):
    reference.rng = numpy.random.default_rng(seed)
    values = weights(kind, seed, shape)
    reference.A_GRID = own_grid(reference, values) if shape[2] >= 7 else GRID
    filters = reference.filter_tests(values)
    return {
        "kind": kind,
        "seed": seed,
        "shape": list(shape),
        "order": numpy.random.default_rng(0).permutation(shape[0]).tolist(),
        "layer": {name: plain(value) for name, value in reference.layer_tests(values, filters).items()},
        "filters": {name: plain(value) for name, value in filters.items()},
    }


def tails():
    """Upper tails of the two distributions, over the sizes that layers have."""
    beta = [
        [x, a, b, float(stats.beta.sf(x, a, b))]
        for a in (0.5, 1, 1.5, 4, 30)
        for b in (0.5, 3, 23.5, 500, 2300)
        for x in (0.001, 0.01, 0.1, 0.3, 0.9)
    ]
    gamma = [[a * r, a, float(special.gammaincc(a, a * r))] for a in (0.5, 3, 46, 400, 4e4) for r in (0.5, 0.9, 1.05, 1.3, 2)]
    return {"beta": beta, "gamma": gamma}


def main():
    spec = importlib.util.spec_from_file_location("reference", sys.argv[1])
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    layers = [layer(reference, kind, 101 + index, shape) for index, (kind, *shape) in enumerate(SHAPES)]
    path = FOLDER / "verdicts.json"
    path.write_text(json.dumps({"layers": layers, "tails": tails()}, separators=(",", ":")) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
