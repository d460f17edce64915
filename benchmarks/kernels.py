"""Time every CPU kernel beside pandas, bottleneck and NumPy doing the same, in one run.

    python benchmarks/kernels.py [--rows 2430] [--columns 800] [--repeats 7]

Prints a Markdown table: the fastest peer and its time (peers use one thread), ours on one thread and on all cores, and
how many times faster each is. Features are loaded once; what is timed is a block of a plan that holds the operator
alone. Peers, one thread and all threads take turns, and medians are compared, so drifting speed favours no
side.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
import warnings

import numpy as np
from peers import CROSS, ELEMENT, WINDOW, demean_groups

from dfqgp.backends import Room
from dfqgp.backends.cpu import CpuBackend
from dfqgp.engine import Planner
from dfqgp.expr import call, field, group
from dfqgp.ops import OPERATORS, Role
from dfqgp.panel import Panel

GROUPS, SLOTS, WINDOWS, DELAY = 30, 3, (20, 60), 20
INPUTS = (field("x"), field("y"))


def make_panel(rows: int, columns: int) -> Panel:
    """Two features, 3 % of the first missing; all stocks in the universe, 30 groups."""
    rng = np.random.default_rng(0)
    x, y = rng.lognormal(size=(2, rows, columns)).astype(np.float32)
    x[rng.random(x.shape) < 0.03] = np.nan
    everywhere = np.ones((rows, columns), dtype=bool)
    return Panel(
        dates=np.datetime64("2015-01-01") + np.arange(rows),
        codes=np.array([f"{i:06d}" for i in range(columns)]),
        fields={"x": x, "y": y},
        units={"x": "ratio", "y": "ratio"},
        groups={"industry": np.tile(rng.integers(0, GROUPS, columns).astype(np.int16), (rows, 1))},
        universe=everywhere,
        buyable=everywhere,
    )


def cases(panel: Panel):
    """Yield (label, tree, {peer: call}) for every operator whose literals are windows or delays."""
    x, y = panel.fields["x"], panel.fields["y"]
    codes = panel.groups["industry"][0]
    for name, op in OPERATORS.items():
        roles = [each.role for each in op.literals]
        if not set(roles) <= {Role.WINDOW, Role.DELAY}:
            continue
        for days in [()] if not roles else [(w,) for w in WINDOWS] if Role.WINDOW in roles else [(DELAY,)]:
            given = (x, y)[: len(op.panels)] + days
            peers = WINDOW.get(name) or CROSS.get(name) or {}
            if name in ELEMENT:
                peers = {"NumPy": ELEMENT[name]}
            calls = {peer: lambda f=f, given=given: f(*given) for peer, f in peers.items()}
            if name == "group_demean":
                calls = {"NumPy": lambda: demean_groups(x, codes)}
            yield " ".join([name, *map(str, days)]), tree_of(op, days), calls


def tree_of(op, literals, inputs=INPUTS):
    """Return the operator over inputs, x and y, and the grouping."""
    inputs = iter(inputs)
    places = [each for each in op.arguments if not each.is_literal]
    return call(op.name, [group("industry") if each.role is Role.GROUP else next(inputs) for each in places], literals)


def ours(backend: CpuBackend, panel: Panel):
    """Load the features into a session; return a function from a tree to a call that computes it once more."""
    panel_bytes = panel.fields["x"].nbytes
    session = backend.open(panel, room=Room(SLOTS * panel_bytes))
    planner = Planner(session.slots, panel_bytes, 1, tuple(panel.groups))
    resident = {}
    for loading in planner.plan(INPUTS):
        session.execute(loading, hand_over)
        resident = loading.resident

    def prepared(tree):
        (plan,) = planner.plan([tree], resident)
        return lambda: session.execute(plan, hand_over)

    return prepared


def hand_over(roots) -> None:
    """Take roots and do nothing with them."""


def clock(work) -> float:
    start = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - start)


def measure(calls: dict, repeats: int) -> dict[str, float]:
    """Median milliseconds of each call, in turns after a warm-up."""
    for work in calls.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, work in calls.items():
            times[name].append(clock(work))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=2430)
    parser.add_argument("--columns", type=int, default=800)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=RuntimeWarning)  # peers warn of NaN; ours has none to give
    panel = make_panel(options.rows, options.columns)
    one, every = ours(CpuBackend(1), panel), ours(CpuBackend(0), panel)
    print(f"{options.rows} x {options.columns} float32, 3 % missing; milliseconds, median of {options.repeats}\n")
    print(f"| operator | fastest peer | peer | 1 thread | times faster | {os.cpu_count()} threads | times faster |")
    print("|---|---|---|---|---|---|---|")
    for label, tree, peers in cases(panel):
        took = measure(peers | {"one": one(tree), "every": every(tree)}, options.repeats)
        best = min(peers, key=took.get, default=None)
        cells = [label, best or "none", f"{took[best]:.1f}" if best else ""]
        for threads in ("one", "every"):
            cells += [f"{took[threads]:.1f}", f"{took[best] / took[threads]:.1f}" if best else ""]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
