"""Time every GPU kernel and a generation beside what the cost model says; without a card, print the model alone.

    python benchmarks/gpu.py [--rows 2430] [--columns 800] [--population 1000] [--cpu]
                             [--bandwidth 3e12] [--flops64 3e13] [--flops32 6e13]

On a card, bandwidth is that of a copy and the rates of arithmetic are those of its processors and clock; without one
both are those given, and every figure is a model, not measured. A kernel runs ``TASKS`` instructions in one launch;
milliseconds are those of one instruction. With ``--cpu`` the CPU backend's generation is timed as well.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
from generation import HORIZON, make_panel
from generation import score_generation as score_on_cpu
from kernels import tree_of

from dfqgp.backends.choose import require_cuda
from dfqgp.backends.gpu.cost_model.model import Rates, Scoring, Shape, correlations_model, model_of, predicted_seconds
from dfqgp.backends.memory import Room
from dfqgp.engine import EngineSettings, Planner
from dfqgp.errors import BackendError
from dfqgp.expr import Vocabulary, field
from dfqgp.fitness import FitnessSettings, every, make_target
from dfqgp.gp import Evolution, GpSettings
from dfqgp.ops import OPERATORS, Role
from dfqgp.panel import Panel

TASKS, REPEATS, WINDOWS, DELAY = 16, 7, (20, 240), 20
LAUNCH = 20e-6
"""Seconds that a launch is taken to cost the host."""


def wide_panel(rows: int, columns: int) -> Panel:
    """``TASKS`` features, so that a launch of as many instructions reads different memory for each."""
    rng, names = np.random.default_rng(0), [f"x{i}" for i in range(TASKS)]
    everywhere = np.ones((rows, columns), dtype=bool)
    return Panel(
        dates=np.datetime64("2015-01-01") + np.arange(rows),
        codes=np.array([f"{i:06d}" for i in range(columns)]),
        fields={name: rng.lognormal(size=everywhere.shape).astype(np.float32) for name in names},
        units=dict.fromkeys(names, "ratio"),
        groups={"industry": np.tile(rng.integers(0, 30, columns).astype(np.int16), (rows, 1))},
        universe=everywhere,
        buyable=everywhere,
        size=rng.normal(24, 1, everywhere.shape).astype(np.float32),
    )


def cases():
    """Yield (label, trees): every operator over every feature."""
    for name, op in OPERATORS.items():
        if op.form is None:
            continue
        windows = WINDOWS if any(each.role is Role.WINDOW for each in op.literals) else (DELAY,)
        for window in windows:
            literals = [each.draws[0] if each.draws else window for each in op.literals]
            trees = [tree_of(op, literals, _inputs(i)) for i in range(TASKS)]
            yield " ".join([name, *map(str, literals)]), trees


def _inputs(first: int):
    return [field(f"x{(first + i) % TASKS}") for i in range(TASKS)]


class Card:
    """Runs plans on the card and times them between two events of its own clock."""

    def __init__(self) -> None:
        import cupy  # noqa: PLC0415 -- only where there is a card

        from dfqgp.backends.gpu.backend import GpuBackend  # noqa: PLC0415

        self.cupy, self.backend = cupy, GpuBackend()
        self.name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
        self.driver, self.runtime = cupy.cuda.runtime.driverGetVersion(), cupy.cuda.runtime.runtimeGetVersion()

    def seconds(self, work) -> float:
        """Return the median of ``REPEATS`` runs after one."""
        return statistics.median([self._once(work) for _ in range(1 + REPEATS)][1:])

    def _once(self, work) -> float:
        start, stop = self.cupy.cuda.Event(), self.cupy.cuda.Event()
        start.record()
        finish = work()  # what it brings down has to stay until it is there
        stop.record()
        stop.synchronize()
        if callable(finish):
            finish()
        return self.cupy.cuda.get_elapsed_time(start, stop) / 1e3

    def rates(self) -> Rates:
        """Measure a copy; take arithmetic from processors and clock."""
        source = self.cupy.zeros(1 << 28, self.cupy.float32)
        target = self.cupy.empty_like(source)
        memory = 2 * source.nbytes / self.seconds(lambda: self.cupy.copyto(target, source))
        told = self.cupy.cuda.Device(0).attributes
        major, minor = told["ComputeCapabilityMajor"], told["ComputeCapabilityMinor"]
        ticks = 1e3 * told["ClockRate"] * told["MultiProcessorCount"]
        full = (major, minor) in {
            (6, 0),
            (7, 0),
            (8, 0),
            (9, 0),
            (10, 0),
        }  # half of the float32 rate, or less than 1/32
        lanes64 = (32 if major < 8 else 64) if full else 2
        lanes32 = 64 if (major, minor) in {(7, 0), (7, 5), (8, 0)} else 128
        return Rates(memory, 2 * lanes64 * ticks, 2 * lanes32 * ticks, shared=128 * ticks)

    def launch_seconds(self, session, plan) -> float:
        """Return what the host takes to enqueue a step of a plan, none of which it waits for."""
        session.execute(plan, hand_over)
        start = time.perf_counter()
        for _ in range(20):
            session.execute(plan, hand_over)
        took = time.perf_counter() - start
        self.cupy.cuda.Stream.null.synchronize()
        return took / 20 / max(plan.launches, 1)


def hand_over(roots) -> None:
    """Take roots and do nothing with them."""


def target_of(panel: Panel):
    """Return a target of the whole panel and the days whose ranks stay."""
    label = np.random.default_rng(1).standard_normal(panel.shape).astype(np.float32)
    settings = FitnessSettings()
    target = make_target(panel, label, range(panel.shape[0] - HORIZON), settings, horizon=HORIZON)
    return target, every(panel, target.rows, settings.corr_every)


def kernel_rows(card: Card | None, rates: Rates, rows: int, columns: int):
    """Yield (kernel, predicted ms, measured ms) of one instruction."""
    panel, shape = wide_panel(rows if card else 2, columns if card else 2), Shape(rows, columns, 31)
    planner = Planner(4 * TASKS, 4 * shape.cells, TASKS, ("industry",), chains=True)
    features = [field(f"x{i}") for i in range(TASKS)]
    (loading,) = planner.plan(features)
    target, keep = target_of(panel) if card else (None, None)
    session = card and card.backend.open(panel, targets=[target], room=Room(slots=4 * TASKS))
    if session:
        session.execute(loading, hand_over)
    for label, trees in cases():
        (plan,) = planner.plan(trees, loading.resident)
        predicted = predicted_seconds(model_of([plan], shape), rates, launch=0.0)
        measured = card and card.seconds(lambda plan=plan: session.execute(plan, hand_over))
        yield label, predicted / TASKS, measured and measured / TASKS
    (plan,) = planner.plan(features, loading.resident)
    days = rows - HORIZON
    predicted = predicted_seconds(
        model_of([plan], shape, [Scoring(days, -(-days // FitnessSettings().corr_every))]), rates, launch=0.0
    )

    def score():
        session.execute(plan, lambda roots: session.score(roots, 0, keep), keep)
        return session.collect()

    measured = card and card.seconds(score)
    yield "score a factor", predicted / TASKS, measured and measured / TASKS


def generation(card: Card | None, rates: Rates, launch: float, rows: int, columns: int, population: int):
    """Plan a generation, predict it, and run it if there is a card; return (figures, trees, panel)."""
    panel = make_panel(rows, columns) if card else make_panel(30, 20)
    trees = Evolution(Vocabulary.of(panel), GpSettings(population=population), [0, 0]).ask()
    shape, days = Shape(rows, columns, 31), rows - HORIZON
    session = None
    if card:
        target, keep = target_of(panel)
        session = card.backend.open(panel, targets=[target])
    slots = session.slots if session else 1000
    planner = Planner(slots, 4 * shape.cells, EngineSettings().block, ("industry",), chains=True)
    start = time.perf_counter()
    plans = list(planner.plan(trees))
    planned = time.perf_counter() - start
    kept = -(-days // FitnessSettings().corr_every)
    model, pairs = (
        model_of(plans, shape, [Scoring(days, kept)]),
        correlations_model(population, population, kept, columns),
    )
    figures = {
        "plan (Python), s": planned,
        "values computed": sum(plan.computed for plan in plans),
        "launches": len(model.launches),
        "of correlations": len(pairs.launches),
        "barriers": model.cost.barriers,
        "bytes of device memory": model.cost.memory,
        "bytes of scratch in the cache": model.cost.cached,
        "bytes of shared memory": model.cost.shared,
        "float32 operations": model.cost.flops32,
        "float64 operations": model.cost.flops64,
        "bytes up": model.up,
        "bytes down": model.down,
        "waits": model.waits,
        "evaluate and score, predicted, s": predicted_seconds(model, rates, launch),
        "correlations, predicted, s": predicted_seconds(pairs, rates, launch),
    }
    if session:
        run_generation(session, plans, keep)  # compiles
        figures["evaluate and score, measured, s"] = run_generation(session, plans, keep)
        figures["a launch, measured, us"] = 1e6 * card.launch_seconds(session, plans[-1])
    parts = {name: sum(map(rates.seconds, costs)) for name, costs in _costs_by_kernel(model).items()}
    return figures, parts, trees, panel


def _costs_by_kernel(model):
    costs = {}
    for each in model.launches:
        costs.setdefault(each.kernel, []).append(each.cost)
    return costs


def run_generation(session, plans, keep) -> float:
    """Execute and score plans as the engine does: a block's scores are waited for behind the next one's launches."""
    start, waiting = time.perf_counter(), list
    for plan in plans:
        session.execute(plan, lambda roots: session.score(roots, 0, keep), keep)
        waiting, before = session.collect(), waiting
        before()
    waiting()
    return time.perf_counter() - start


def find_card() -> Card | None:
    """Return the card; None, and a line that says why, if there is none."""
    try:
        require_cuda(0)
    except BackendError as error:
        print(f"Model, not measured: {error}\n")
        return None
    return Card()


def print_kernels(card: Card | None, rates: Rates, rows: int, columns: int) -> None:
    copy = 8 * rows * columns / rates.memory
    print("| kernel | model, us | measured, us | measured / model | times a copy of the panel |\n|---|---|---|---|---|")
    for label, predicted, measured in kernel_rows(card, rates, rows, columns):
        took = f" |  | {predicted / copy:.1f} (model)"
        if measured:
            took = f"{1e6 * measured:.1f} | {measured / predicted:.2f} | {measured / copy:.1f}"
        print(f"| {label} | {1e6 * predicted:.1f} | {took} |", flush=True)


def print_generation(figures, parts, population: int) -> None:
    print(f"\n{population} trees\n\n| figure | value |\n|---|---|")
    for name, value in figures.items():
        print(f"| {name} | {value:.4g} |" if isinstance(value, float) else f"| {name} | {value} |")
    print("\n| kernel | model, ms of the generation |\n|---|---|")
    for name, seconds in sorted(parts.items(), key=lambda part: -part[1]):
        print(f"| {name} | {1e3 * seconds:.2f} |")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=2430)
    parser.add_argument("--columns", type=int, default=800)
    parser.add_argument("--population", type=int, default=1000)
    parser.add_argument("--bandwidth", type=float, default=3e12, help="bytes a second, without a card")
    parser.add_argument("--flops64", type=float, default=3e13, help="float64 operations a second, without a card")
    parser.add_argument("--flops32", type=float, default=0.0, help="the same of float32; twice those by default")
    parser.add_argument("--cpu", action="store_true", help="time the CPU backend's generation as well")
    return parser.parse_args()


def main() -> None:
    options, card = read_options(), find_card()
    rates = card.rates() if card else Rates(options.bandwidth, options.flops64, options.flops32)
    sizes = options.rows, options.columns
    known = "copy measured, arithmetic of the card's clock" if card else "as given"
    if card:
        print(f"{card.name}, driver {card.driver}, CUDA {card.runtime}, {time.strftime('%Y-%m-%d')}\n")
    print(f"{sizes[0]} x {sizes[1]} float32")
    print(f"{rates.memory / 1e12:.2f} TB/s, {rates.flops64 / 1e12:.1f} TFLOP/s in float64 ({known})\n")
    print_kernels(card, rates, *sizes)
    figures, parts, trees, panel = generation(card, rates, LAUNCH, *sizes, options.population)
    print_generation(figures, parts, options.population)
    if options.cpu:
        score_on_cpu(make_panel(300, 60), trees, 0)
        took = score_on_cpu(panel if card else make_panel(*sizes), trees, 0)
        print(f"\nCPU backend, all threads: {took['evaluate and score, s']:.2f} s to evaluate and score")


if __name__ == "__main__":
    main()
