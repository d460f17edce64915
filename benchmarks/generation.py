"""Time one generation of the search: plan its trees, evaluate and score them, and say how much memory that took.

    python benchmarks/generation.py [--rows 2430] [--columns 800] [--population 200] [--threads 0]

Trees are the first population that the search draws with its default settings; the panel is random. Kernels are
compiled and loaded before, by the same trees on a small panel.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

from dfqgp.backends import BackendSettings, Room, open_backend
from dfqgp.engine import EngineSettings, Planner
from dfqgp.expr import Vocabulary
from dfqgp.fitness import FitnessSettings, every, make_target, metrics_of
from dfqgp.gp import Evolution, GpSettings
from dfqgp.panel import Panel

UNITS = {
    "open": "price", "high": "price", "low": "price", "close": "price", "volume": "shares", "amount": "currency",
    "returns": "ratio", "turnover": "ratio",
}  # fmt: skip
HORIZON, GROUPS, MISSING = 5, 30, 0.03


def make_panel(rows: int, columns: int) -> Panel:
    """A random walk of prices with gaps, all stocks in the universe, 30 groups, sizes."""
    rng = np.random.default_rng(0)
    shape = (rows, columns)
    returns = 0.02 * rng.standard_t(4, shape)
    close, volume = 20.0 * np.exp(np.cumsum(returns, axis=0).clip(-5, 5)), rng.lognormal(12, 1, shape)
    values = {"close": close, "returns": returns, "volume": volume, "amount": volume * close}
    values |= {"open": close * (1 + rng.normal(0, 0.01, shape)), "high": close * 1.02, "low": close * 0.98}
    values["turnover"] = rng.lognormal(-4, 1, shape)
    gaps, everywhere = rng.random(shape) < MISSING, np.ones(shape, dtype=bool)
    return Panel(
        dates=np.datetime64("2015-01-01") + np.arange(rows),
        codes=np.array([f"{i:06d}" for i in range(columns)]),
        fields={name: np.where(gaps, np.nan, values[name]).astype(np.float32) for name in UNITS},
        units=UNITS,
        groups={"industry": np.tile(rng.integers(0, GROUPS, columns).astype(np.int16), (rows, 1))},
        universe=everywhere,
        buyable=everywhere,
        size=(24 + rng.normal(0, 1, columns) + rng.normal(0, 0.01, shape)).astype(np.float32),
    )


def score_generation(panel: Panel, trees, threads: int) -> dict[str, float]:
    """Plan, execute and score trees as the engine does; return seconds by part, and what the plan took."""
    settings, engine = FitnessSettings(), EngineSettings()
    label = np.random.default_rng(1).standard_normal(panel.shape).astype(np.float32)
    target = make_target(panel, label, range(panel.shape[0] - HORIZON), settings, horizon=HORIZON)
    keep = every(panel, target.rows, settings.corr_every)
    session = open_backend(BackendSettings(threads=threads)).open(panel, targets=[target], room=Room(engine.budget))
    planner = Planner(session.slots, panel.fields["close"].nbytes, engine.block, tuple(panel.groups))
    start = time.perf_counter()
    plans = list(planner.plan(trees))
    planned = time.perf_counter()
    scored = []
    for plan in plans:
        session.execute(plan, lambda roots: session.score(roots, 0, keep))
        scored += session.collect()()
    evaluated = time.perf_counter()
    for part in scored:
        metrics_of(part, target, settings)
    return {
        "lower and plan, s": planned - start,
        "evaluate and score, s": evaluated - planned,
        "metrics, s": time.perf_counter() - evaluated,
        "formulas per second": len(trees) / (time.perf_counter() - start),
        "values computed": sum(plan.computed for plan in plans),
        "launches": sum(plan.launches for plan in plans),
        "slots in use at most": max(plan.peak for plan in plans),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=2430)
    parser.add_argument("--columns", type=int, default=800)
    parser.add_argument("--population", type=int, default=200)
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    panel = make_panel(options.rows, options.columns)
    settings = GpSettings(population=options.population)
    trees = Evolution(Vocabulary.of(panel), settings, [0, 0]).ask()
    score_generation(make_panel(300, 60), trees, options.threads)
    figures = score_generation(panel, trees, options.threads)
    figures["peak memory, MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
    print(f"{options.population} trees, {options.rows} x {options.columns} float32\n\n| figure | value |\n|---|---|")
    for name, value in figures.items():
        print(f"| {name} | {value:.2f} |" if isinstance(value, float) else f"| {name} | {value} |")


if __name__ == "__main__":
    main()
