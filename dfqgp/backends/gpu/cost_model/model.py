"""How long a planned generation takes on a device: a model that can be wrong, computed from plans alone.

1. Every launch that ``GpuSession.execute`` and the scoring of roots would make gets a cost (``costs.py``).
2. A launch takes as long as the slowest of what it needs: memory, cache, shared memory, float32, float64
   (``Rates.seconds``).
3. The host enqueues launches one after the other, the device runs them in this order: one starts when it is enqueued
   and the one before has ended (``predicted_seconds``). So the overhead of a launch is hidden behind longer kernels.

Not in it: Python's own time, copies up and down (their bytes are counted), and time between blocks of a plan.
Neither numba nor CuPy is needed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from dfqgp.backends.gpu.cost_model.costs import Cost, Shape, chain_of, compare_of, cost_of, product_of, score_of, total
from dfqgp.backends.gpu.cost_model.operations import operations
from dfqgp.backends.gpu.geometry import FACTORS, PRODUCT_BYTES, RANK_BYTES
from dfqgp.backends.gpu.parts import part_bytes
from dfqgp.backends.instructions import CHAIN, EMIT, FILL, FIRST, LAST, LOAD, OPCODE, PUSH, SLOT
from dfqgp.ops.families import family_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dfqgp.backends.instructions import Plan


class Launched(NamedTuple):
    """A launch: its kernel's name and what it costs."""

    kernel: str
    cost: Cost


class Scoring(NamedTuple):
    """What roots are scored against.

    Parameters
    ----------
    days : int
        Rows of the target.
    kept : int
        Days whose residual ranks stay.
    """

    days: int
    kept: int = 0


@dataclass(frozen=True)
class Model:
    """What plans make a device do.

    Parameters
    ----------
    launches : tuple of Launched
        In the order in which they are enqueued.
    up, down : int
        Bytes copied to the device and from it.
    waits : int
        Times that the host waits for the device.
    """

    launches: tuple[Launched, ...]
    up: int
    down: int
    waits: int

    @property
    def cost(self) -> Cost:
        """The sum over all launches."""
        return total(each.cost for each in self.launches)

    def by_kernel(self) -> dict[str, tuple[int, Cost]]:
        """Return number of launches and cost by kernel, in the order in which they come first."""
        counts = Counter(each.kernel for each in self.launches)
        return {
            name: (count, total(each.cost for each in self.launches if each.kernel == name))
            for name, count in counts.items()
        }


class Rates(NamedTuple):
    """What a device does in a second.

    Parameters
    ----------
    memory : float
        Bytes of its memory, as a copy reads and writes them.
    flops64 : float
        Float64 operations.
    flops32, cached, shared : float, optional
        Float32 operations; bytes of the common cache, and of shared memory of all processors. By default twice the
        float64 operations, and 2 and 10 times the memory's bytes, as on data-centre cards.
    """

    memory: float
    flops64: float
    flops32: float = 0.0
    cached: float = 0.0
    shared: float = 0.0

    def seconds(self, cost: Cost) -> float:
        """Return how long the slowest part of some work takes."""
        return max(
            cost.memory / self.memory,
            cost.cached / (self.cached or 2 * self.memory),
            cost.shared / (self.shared or 10 * self.memory),
            cost.flops32 / (self.flops32 or 2 * self.flops64),
            cost.flops64 / self.flops64,
        )


def model_of(plans: Iterable[Plan], shape: Shape, targets: Sequence[Scoring] = ()) -> Model:
    """Return what executing plans, and scoring their roots against every target, makes a device do."""
    launches: list[Launched] = []
    up = down = waits = 0
    for plan in plans:
        launches += _launches(plan, shape, targets)
        loads, roots = _rows(plan, LOAD), _hand_overs(plan)
        numbers = plan.tasks.size + len(plan.tasks) + plan.literals.size + plan.code.size + plan.numbers.size
        up += 8 * numbers + 4 * loads * shape.cells
        down += sum(part_bytes(count, each.days) for count in roots for each in targets)
        waits += 1 if targets and roots else 0
    return Model(tuple(launches), up, down, waits)


def correlations_model(factors: int, others: int, days: int, columns: int) -> Model:
    """Return what correlating factors with others (with each other, if as many) makes a device do.

    Four launches for each run of days that fits scratch: centre both sides, multiply, add up.
    """
    launches = []
    for top in range(0, factors, FACTORS):
        for left in range(0, others, FACTORS):
            rows, columns_of_tile = min(FACTORS, factors - top), min(FACTORS, others - left)
            day = 8 * ((rows + columns_of_tile) * columns + rows * columns_of_tile)
            at_once = max(PRODUCT_BYTES // day, 1)
            for start in range(0, days, at_once):
                cost = product_of(rows, columns_of_tile, min(at_once, days - start), columns)
                launches += [Launched("center_ranks", Cost())] * 2 + [
                    Launched("correlate", cost),
                    Launched("add_days", Cost()),
                ]
    return Model(tuple(launches), up=4 * (factors + others), down=8 * factors, waits=1)


def predicted_seconds(model: Model, rates: Rates, launch: float = 20e-6) -> float:
    """Return how long the device takes, from the first launch's being enqueued to the last one's end.

    Parameters
    ----------
    launch : float
        Seconds that the host takes for a launch; numba-cuda takes about 7 us and 3 to 4 us an array.
    """
    enqueued = end = 0.0
    for each in model.launches:
        enqueued += launch
        end = max(enqueued, end) + rates.seconds(each.cost)
    return end


def _launches(plan: Plan, shape: Shape, targets: Sequence[Scoring]) -> Iterator[Launched]:
    for steps in plan.by_launch():
        opcode, start, stop = steps[0][0], steps[0][1], steps[-1][2]
        if opcode == CHAIN:
            yield Launched("chain", total(_chain(plan, row, shape) for row in range(start, stop)))
        elif opcode == FILL:
            yield from [Launched("fill", Cost(memory=4.0 * shape.cells))] * (stop - start)
        elif opcode == EMIT:
            for target in targets:
                yield from _scoring(stop - start, target, shape)
        elif opcode >= 0:
            name = family_of(plan.operators[opcode])[0].name
            yield Launched(name, total(cost for step in steps for cost in _costs(plan, *step, shape)))


def _costs(plan: Plan, opcode: int, start: int, stop: int, shape: Shape) -> Iterator[Cost]:
    op = plan.operators[opcode]
    for literals in plan.literals[start:stop, : len(op.literals)].tolist():
        yield cost_of(op.form, op, shape, literals)


def _chain(plan: Plan, row: int, shape: Shape) -> Cost:
    code = plan.code[plan.tasks[row, FIRST] : plan.tasks[row, LAST]]
    pushed = code[code[:, OPCODE] == PUSH, SLOT]
    applied = code[code[:, OPCODE] != PUSH, OPCODE].tolist()
    arithmetic = sum(operations(plan.operators[opcode].form.cell) for opcode in applied)
    return chain_of(len(set(pushed[pushed >= 0].tolist())), len(code), arithmetic, shape)


def _scoring(factors: int, target: Scoring, shape: Shape) -> Iterator[Launched]:
    """Yield the launches for one hand-over: as many factors at a time as the ranks of their days fit scratch."""
    at_once = max(RANK_BYTES // max(2 * target.days * shape.columns, 1), 1)
    for start in range(0, factors, at_once):
        count = min(at_once, factors - start)
        yield Launched("score_days", score_of(count, target.days, shape.columns))
        yield Launched("compare_days", compare_of(count, target.days, target.kept, shape.columns))


def _rows(plan: Plan, opcode: int) -> int:
    chosen = plan.steps[plan.steps[:, 0] == opcode]
    return int((chosen[:, 2] - chosen[:, 1]).sum())


def _hand_overs(plan: Plan) -> list[int]:
    """Return how many roots each step hands over."""
    chosen = plan.steps[plan.steps[:, 0] == EMIT]
    return [int(count) for count in chosen[:, 2] - chosen[:, 1]]
