"""Time every CPU kernel beside pandas, bottleneck and NumPy doing the same, in one run.

    python benchmarks/kernels.py [--rows 2430] [--columns 800] [--repeats 7]

Prints a Markdown table: the fastest peer, its time, ours on one thread and on all cores, and how many times faster
ours is. Rounds of peer, one thread, all threads alternate, and medians are compared, so that a machine whose speed
drifts does not favour a side.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
import warnings

import numpy as np
from peers import CROSS, ELEMENT, WINDOW, demean_groups

from dfqgp.backends import Task
from dfqgp.backends.cpu import CpuBackend
from dfqgp.ops import OPERATORS, Role
from dfqgp.panel import Panel

GROUPS = 30


def make_panel(rows: int, columns: int) -> tuple[Panel, np.ndarray, np.ndarray]:
    """Two matrices with 3 % missing, all stocks in the universe, 30 groups."""
    rng = np.random.default_rng(0)
    x, y = rng.lognormal(size=(2, rows, columns)).astype(np.float32)
    x[rng.random(x.shape) < 0.03] = np.nan
    codes = rng.integers(0, GROUPS, columns).astype(np.int16)
    everywhere = np.ones((rows, columns), dtype=bool)
    panel = Panel(
        np.datetime64("2015-01-01") + np.arange(rows),
        np.array([f"{i:06d}" for i in range(columns)]),
        {},
        {},
        {"industry": np.tile(codes, (rows, 1))},
        everywhere,
        everywhere,
    )
    return panel, x, y


def cases(panel: Panel, x: np.ndarray, y: np.ndarray):
    """Yield (operator, literals, {peer: call})."""
    for name, op in OPERATORS.items():
        panels = (x, y)[: len(op.panels)]
        if name in ELEMENT:
            yield op, (), {"NumPy": lambda f=ELEMENT[name], p=panels: f(*p)}
        elif name in WINDOW:
            for w in (20,) if any(each.role is Role.DELAY for each in op.literals) else (20, 60):
                yield op, (w,), {peer: lambda f=f, p=panels, w=w: f(*p, w) for peer, f in WINDOW[name].items()}
        elif name in CROSS:
            yield op, (), {peer: lambda f=f, p=panels: f(*p) for peer, f in CROSS[name].items()}
        else:
            yield op, (), {"NumPy": lambda: demean_groups(x, panel.groups["industry"][0])}


def clock(call) -> float:
    start = time.perf_counter()
    call()
    return 1e3 * (time.perf_counter() - start)


def ours(backend: CpuBackend, panel: Panel, op, literals, x, y):
    workspace = backend.workspace(panel, 3)
    backend.load(workspace, 0, x)
    backend.load(workspace, 1, y)
    group = 0 if op.takes_group else -1
    task = Task(2, (0, 1)[: len(op.panels)], (0.0,) * len(op.panels), literals, group)
    return lambda: backend.launch(op, workspace, [task])


def measure(calls: dict, repeats: int) -> dict[str, float]:
    """Median milliseconds of each call, in turns after a warm-up."""
    for call in calls.values():
        call()
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            times[name].append(clock(call))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=2430)
    parser.add_argument("--columns", type=int, default=800)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=RuntimeWarning)  # peers warn of NaN; ours has none to give
    panel, x, y = make_panel(options.rows, options.columns)
    one, every = CpuBackend(1), CpuBackend(0)
    print(f"{options.rows} x {options.columns} float32, 3 % missing; milliseconds, median of {options.repeats}\n")
    print(f"| operator | fastest peer | peer | 1 thread | {os.cpu_count()} threads | times faster |")
    print("|---|---|---|---|---|---|")
    for op, literals, peers in cases(panel, x, y):
        calls = dict(peers)
        calls |= {"one": ours(one, panel, op, literals, x, y), "every": ours(every, panel, op, literals, x, y)}
        took = measure(calls, options.repeats)
        best = min(peers, key=took.get)
        name = op.name + (f" {literals[0]}" if literals else "")
        ratio = took[best] / took["every"]
        print(
            f"| {name} | {best} | {took[best]:.1f} | {took['one']:.1f} | {took['every']:.1f} | {ratio:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
