"""Time scoring and in-search correlation of this checkout beside those of another commit, on the same data in one run.

    git worktree add /tmp/spine 88176ed
    python benchmarks/beside.py --other /tmp/spine [--columns 300 800 2000 5400] [--population 500] [--repeats 7]

Each checkout runs in a process of its own, on one thread; the two take turns, and medians of CPU seconds are compared.
Factors are the first population that the search draws on a random panel. ``--other`` may be any commit from 88176ed on.
"""

from __future__ import annotations

import argparse
import inspect
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parents[1]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SCORED, HORIZON = 4, 5


def write_data(folder: Path, rows: int, columns: int, population: int) -> None:
    """Draw a panel and a population; save the panel, values of a few factors, and the ranks of all, the best first."""
    from generation import make_panel  # noqa: PLC0415 -- not where another checkout is timed

    from dfqgp.backends import BackendSettings, open_backend  # noqa: PLC0415
    from dfqgp.engine import Engine  # noqa: PLC0415
    from dfqgp.expr import Vocabulary  # noqa: PLC0415
    from dfqgp.fitness import FitnessSettings, base_score, by_base, every, make_target, metrics_of  # noqa: PLC0415
    from dfqgp.gp import Evolution, GpSettings  # noqa: PLC0415

    panel, settings = make_panel(rows, columns), FitnessSettings(min_coverage=0.3)
    label = np.random.default_rng(1).standard_normal(panel.shape).astype(np.float32)
    target = make_target(panel, label, range(rows - HORIZON), settings, horizon=HORIZON)
    engine = Engine(panel, open_backend(BackendSettings()), targets=[target])
    trees = Evolution(Vocabulary.of(panel), GpSettings(population=population), [0, 0]).ask()
    (daily,) = engine.score(trees, keep=every(panel, target.rows, settings.corr_every))
    bases = [
        base_score(each, n.size, settings) for each, n in zip(metrics_of(daily, target, settings), trees, strict=True)
    ]
    order = by_base(bases, [node.key for node in trees])
    np.save(folder / "ranks.npy", np.stack([daily.ranks[k] for k in order]))
    np.save(folder / "factors.npy", np.stack(list(engine.evaluate([trees[k] for k in order[:SCORED]]))))
    np.savez(folder / "market.npz", label=label, group=panel.groups["industry"], size=panel.size)


def scoring(folder: Path):
    """Return a call that scores all factors, and the number of factor days."""
    from dfqgp.fitness import FitnessSettings, make_target  # noqa: PLC0415
    from dfqgp.panel import Panel  # noqa: PLC0415

    slab, market = np.load(folder / "factors.npy"), np.load(folder / "market.npz")
    rows, everywhere = range(slab.shape[1] - HORIZON), np.ones(slab.shape[1:], dtype=bool)
    panel = Panel(
        dates=np.datetime64("2015-01-01") + np.arange(slab.shape[1]),
        codes=np.array([f"{i:06d}" for i in range(slab.shape[2])]),
        fields={"x": slab[0]}, units={"x": "ratio"}, groups={"industry": market["group"]},
        universe=everywhere, buyable=everywhere, size=market["size"],
    )  # fmt: skip
    known = inspect.signature(make_target).parameters
    extra = {"horizon": HORIZON} if "horizon" in known else {"keep_every": 5}
    target, numbers = make_target(panel, market["label"], rows, FitnessSettings(), **extra), np.arange(len(slab))
    if "keep_every" in known:  # 88176ed
        from dfqgp.backends.cpu.fitness import score_rows  # noqa: PLC0415

        return lambda: score_rows(slab, numbers.tolist(), target, lambda work, pieces: work(0, pieces), 1)
    from dfqgp.backends.cpu import scoring as module  # noqa: PLC0415
    from dfqgp.backends.cpu.threads import Threads  # noqa: PLC0415

    prepared = module.Days.of(target) if hasattr(module, "Days") else target
    keep, threads = np.arange(len(rows)) % 5 == 0, Threads(1)
    return lambda: module.score_rows(slab, numbers, prepared, keep, threads)


def correlating(folder: Path):
    """Return a call that finds each factor's largest correlation to those before it."""
    ranks = np.load(folder / "ranks.npy")
    try:
        from dfqgp.backends.cpu import correlation  # noqa: PLC0415
    except ImportError:  # 88176ed
        from dfqgp.library import cross_correlations  # noqa: PLC0415

        inside = ranks > 0
        panels = [unit(*each) for each in zip(ranks, inside, strict=True)]
        return lambda: np.abs(np.tril(np.abs(cross_correlations(panels, panels)), -1)).max(axis=1)
    largest = correlation.largest_correlations
    if "threads" not in inspect.signature(largest).parameters:
        return lambda: largest(list(ranks))
    from dfqgp.backends.cpu.threads import Threads  # noqa: PLC0415

    return lambda: largest(list(ranks), None, Threads(1))


def unit(ranks, inside):
    """Return ranks as 88176ed keeps them: float32, each day of mean 0 and norm 1."""
    centred = np.where(inside, ranks - (inside.sum(axis=1, keepdims=True) + 1.0), 0.0)
    norm = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    return (centred / np.where(norm > 0.0, norm, 1.0)).astype(np.float32)


def answer(folder: Path) -> None:
    """Time what each line of the input names, and print CPU seconds."""
    works = {"score": scoring(folder), "correlate": correlating(folder)}
    for work in works.values():
        work()
    print("ready", flush=True)
    for line in sys.stdin:
        start = time.process_time()
        works[line.strip()]()
        print(time.process_time() - start, flush=True)


def medians(folder: Path, checkouts: dict[str, Path], repeats: int) -> dict[tuple[str, str], float]:
    """Return median CPU seconds of each work in each checkout, which take turns."""
    children = {}
    for name, path in checkouts.items():
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(path)}
        command, pipe = [sys.executable, __file__, "--child", str(folder)], subprocess.PIPE
        children[name] = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment, cwd=path)  # noqa: S603 -- this file
    for child in children.values():
        if child.stdout.readline().strip() != "ready":
            raise SystemExit(f"{child.args}: it did not start, see its message above")
    took: dict[tuple[str, str], list[float]] = {}
    for _ in range(repeats):
        for work in ("score", "correlate"):
            for name, child in children.items():
                child.stdin.write(work + "\n")
                child.stdin.flush()
                took.setdefault((work, name), []).append(float(child.stdout.readline()))
    for child in children.values():
        child.communicate()
    return {key: statistics.median(values) for key, values in took.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--other", type=Path, help="folder of a checkout of another commit")
    parser.add_argument("--columns", type=int, nargs="+", default=[300, 800, 2000, 5400])
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--population", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    if options.child:
        answer(options.child)
        return
    if options.other is None:
        parser.error("--other is missing: the folder of a checkout to compare with")
    checkouts = {"other": options.other.resolve(), "here": HERE}
    print("| stocks | scoring, us a day: other | here | times faster | correlation, s: other | here | times faster |")
    print("|---|---|---|---|---|---|---|")
    for columns in options.columns:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_data(folder, options.rows, columns, options.population)
            took = medians(folder, checkouts, options.repeats)
        days, cells = SCORED * (options.rows - HORIZON), [str(columns)]
        for work, scale, digits in (("score", 1e6 / days, 1), ("correlate", 1.0, 2)):
            other, here = took[work, "other"], took[work, "here"]
            cells += [f"{other * scale:.{digits}f}", f"{here * scale:.{digits}f}", f"{other / here:.1f}"]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
