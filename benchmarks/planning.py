"""Time the planning of a generation block by block, and count what a session with chains would launch for it.

    python benchmarks/planning.py [--population 1000] [--generation 10] [--slots 2000] [--block 128] [--host]

No panel and no session take part. The trees are the first generation that the search draws with its default settings
and one that it breeds later, where scores are drawn at random. Launches are those of operators and chains, one for each
feature that is loaded, and two for each step that hands roots over: they are scored by two kernels.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from dfqgp.backends.instructions import CHAIN, EMIT, LOAD
from dfqgp.engine import EngineSettings, Planner
from dfqgp.expr import Vocabulary
from dfqgp.gp import Evolution, GpSettings

UNITS = {
    "open": "price", "high": "price", "low": "price", "close": "price", "vwap": "price", "volume": "shares",
    "amount": "currency", "returns": "ratio", "turnover": "ratio", "gap": "ratio", "range_pct": "ratio",
}  # fmt: skip
SCORING_LAUNCHES, REPEATS = 2, 5


def generations(population: int, last: int):
    """Yield the trees of generations 0 and ``last``; those in between are bred from random scores."""
    rng = np.random.default_rng(0)
    search = Evolution(Vocabulary.named(UNITS, ["industry"]), GpSettings(population=population), [0, 0])
    for number in range(last + 1):
        trees = search.ask()
        if number in {0, last}:
            yield number, trees
        search.tell(trees, rng.standard_normal(len(trees)).tolist())


def plan(planner: Planner, trees):
    """Plan trees; return the plans and the milliseconds that each one took, of the fastest of several times."""
    runs = [timed(planner, trees) for _ in range(REPEATS)]
    return min(runs, key=lambda run: run[1].sum())


def timed(planner: Planner, trees):
    plans, marks = [], [time.perf_counter()]
    for each in planner.plan(trees):
        plans.append(each)
        marks.append(time.perf_counter())
    return plans, 1e3 * np.diff(marks)


def figures(plans, took) -> dict[str, object]:
    """Return what the plans hold and what planning took, by name."""
    steps = np.vstack([each.steps for each in plans])
    opcode, rows = steps[:, 0], steps[:, 2] - steps[:, 1]
    launches = {
        "operators": (opcode >= 0).sum(),
        "chains": (opcode == CHAIN).sum(),
        "loads": rows[opcode == LOAD].sum(),
        "scoring": SCORING_LAUNCHES * (opcode == EMIT).sum(),
    }
    return {
        "planning, ms": f"{took.sum():.1f}",
        "of it the first block": f"{took[0]:.1f}",
        "slowest of the others": f"{took[1:].max(initial=0):.1f}",
        "blocks": len(plans),
        "values computed": sum(each.computed for each in plans),
        "of them written to slots": rows[(opcode >= 0) | (opcode == CHAIN)].sum(),
        "slots in use at most": max(each.peak for each in plans),
        **{f"launches: {name}": count for name, count in launches.items()},
        "launches": sum(launches.values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--population", type=int, default=1000)
    parser.add_argument("--generation", type=int, default=10)
    parser.add_argument("--slots", type=int, default=2000)
    parser.add_argument("--block", type=int, default=EngineSettings().block)
    parser.add_argument("--host", action="store_true", help="plan as for a session without chains")
    options = parser.parse_args()
    planner = Planner(options.slots, 1, options.block, ("industry",), chains=not options.host)
    columns = {
        f"generation {number}": figures(*plan(planner, trees))
        for number, trees in generations(options.population, options.generation)
    }
    print(f"{options.population} trees, {options.slots} slots, blocks of {options.block}\n")
    print(f"| figure | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for name in next(iter(columns.values())):
        print(f"| {name} | {' | '.join(str(each[name]) for each in columns.values())} |")


if __name__ == "__main__":
    main()
