# ruff: noqa: E402, T201 -- the layer comes before the backend is imported; a command prints
"""Run kernels on the Vulkan device beside their definitions: ``check.py PART [MODULE BARRIER]``; prints what differs.

In a process of its own: the modules of the backend are other ones here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from gpu.parallel.layer import install

install((sys.argv[2], int(sys.argv[3])) if len(sys.argv) > 2 else None)

from panels import random_panel

from dfqgp.backends.cpu.correlation import correlations, largest_correlations
from dfqgp.backends.gpu import correlation, parts, ranks, scoring, targets
from dfqgp.backends.gpu import operators as kernels
from dfqgp.backends.reference.rank_ic import score_factor
from dfqgp.backends.scoring import DailyScores
from dfqgp.fitness import FitnessSettings, make_target
from dfqgp.ops import OPERATORS, Elementwise

ROWS, COLUMNS, WINDOW = 6, 150, 5


class Memory:
    """Stands for the device: host arrays, which the Vulkan runtime copies to its device and back at each launch."""

    xp = np

    def empty(self, shape, dtype):
        array = np.empty(shape, dtype)
        array.view(np.uint8)[...] = 0xA5
        return array

    def upload(self, host):
        return np.array(host)

    def copy_up(self, host, device):
        device[...] = host

    def download(self, device):
        return device


def differing(one, other, tolerance=0.0):
    """Return how many numbers differ by more than a relative tolerance."""
    return int((~np.isclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True)).sum())


def operators():
    """Every operator with a kernel of its own, beside its definition."""
    rng = np.random.default_rng(0)
    slab = np.round(rng.normal(size=(4, ROWS, COLUMNS)), 1).astype(np.float32)
    slab[rng.random(slab.shape) < 0.1] = np.nan
    universe, groups = rng.random((ROWS, COLUMNS)) < 0.9, rng.integers(-1, 5, (1, ROWS, COLUMNS)).astype(np.int16)
    for op in OPERATORS.values():
        if isinstance(op.form, Elementwise) or kernels.lacks_kernel(op):
            continue
        literals = tuple(float(each.draws[0] if each.draws else min(WINDOW, each.high)) for each in op.literals)
        back = op.lookback(literals)
        table = np.array([[3, 0, back + 1, op.needed(literals), back, 0, 1, 2, *literals]], dtype=np.float64)
        buffers = kernels.Buffers(slab, slab.reshape(4, -1), universe, groups, 5, 1, table, table, 8)
        kernels.launch_of(op, buffers, 0, 1, back + 1).enqueue()
        panels, numbers = iter(slab[:3].astype(np.float64)), iter(literals)
        given = [
            next(panels) if a.is_panel else a.as_literal(next(numbers)) if a.is_literal else groups[0]
            for a in op.arguments
        ]
        yield op.name, differing(slab[3], op.apply(given, universe), 1e-5)


def scores():
    """The scoring kernels, beside the definition; three sorted parts of a day, blocks that score several days."""
    rng = np.random.default_rng(0)
    panel = random_panel(ROWS, COLUMNS, seed=1, groups=5)
    slab = rng.standard_t(3, (3, ROWS, COLUMNS)).astype(np.float32)
    slab[1] = np.round(slab[1])
    slab[rng.random(slab.shape) < 0.1] = np.nan
    label = rng.standard_t(4, (ROWS, COLUMNS)).astype(np.float32)
    target = make_target(panel, label, range(ROWS), FitnessSettings(min_assets=5), horizon=5)
    keep = np.arange(ROWS) % 2 == 0
    device, slots = Memory(), np.array([0, 2, 1])
    on_device = targets.DeviceTarget(device, target)
    scoring.SORTED = 64
    scorer = scoring.Scorer(device, [on_device], blocks=4)
    room = parts.Parts(device, parts.part_bytes(3, ROWS))
    part = room.take(3, ROWS)
    kept = device.empty((3, int(keep.sum()), COLUMNS), np.uint16)
    table = np.array([[slot, row] for row, slot in enumerate(slots)], dtype=np.float64)
    scorer.score(slab, table, 0, part, on_device, on_device.places(keep), 1, kept)
    found = parts.host_scores(part, room.filled, kept)
    expected = DailyScores.empty(3, target, [np.zeros_like(each) for each in kept])
    for k, slot in enumerate(slots):
        score_factor(slab[slot], target, keep, expected, k, expected.ranks[k])
    for name in ("ic", "assets", "state", "r2", "turnover"):
        yield name, differing(getattr(found, name), getattr(expected, name), 1e-6)
    yield "ranks", differing(kept, np.array(expected.ranks))


def correlation_tables():
    """The kernels of correlations, beside the CPU backend's, bit by bit."""
    rng = np.random.default_rng(0)
    host = 2 * rng.random((40, 3, COLUMNS)).argsort(axis=-1).argsort(axis=-1).astype(np.uint16) + 2
    host[rng.random(host.shape) < 0.1] = 0
    host[2, 1] = 0
    store = ranks.RankStore(Memory(), *host.shape[1:])
    handles = [store.put(each) for each in host]
    expected = correlations(list(host), list(host[:5]))
    yield "correlations", differing(correlation.correlations(handles, handles[:5]), expected)
    yield "largest", differing(correlation.largest_correlations(handles), largest_correlations(list(host)))


PARTS = {"operators": operators, "scores": scores, "correlations": correlation_tables}

if __name__ == "__main__":
    print(json.dumps(dict(PARTS[sys.argv[1]]())))
