"""What is measured of costs and of savings: seconds, and how much was computed and read."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.cache.costs import Costs, rounded
from dfqgp.engine import Counts, Engine
from dfqgp.expr import call, constant, field, group, operators_of
from dfqgp.ops import Role
from dfqgp.records import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dfqgp.backends import Backend
    from dfqgp.engine import EngineSettings, Given
    from dfqgp.expr import Call, Node
    from dfqgp.ops import Operator
    from dfqgp.panel import Panel

_WINDOW = 20
"""Window of the calls by which costs are measured; that of most formulas is between 5 and 60."""

_RUNS = 3
_SHORTEST = 1e-3  # milliseconds: a difference of two times may be below 0


@record("savings")
class Savings:
    """Formulas evaluated one by one, without a cache and with it.

    Parameters
    ----------
    formulas : int
        How many.
    hit : int
        Formulas that read at least one entry.
    given : int
        Values that were read.
    computed_without, computed_with : int
        Values of operators that were computed.
    seconds_without : float
        Of the evaluations without the cache, the least of four runs.
    seconds_with : float
        With the cache, the first time that a process reads the entries: digests are compared.
    seconds_again : float
        With the cache after that, the least of three runs.
    equal : bool
        Whether all values have the same bits.
    """

    formulas: int
    hit: int
    given: int
    computed_without: int
    computed_with: int
    seconds_without: float
    seconds_with: float
    seconds_again: float
    equal: bool


def measure_savings(
    formulas: Sequence[Node], panel: Panel, backend: Backend, given: Given, settings: EngineSettings | None = None
) -> Savings:
    """Evaluate formulas one by one, as a report or a production job does, and compare.

    Parameters
    ----------
    formulas : sequence of Node
        Canonical trees.
    panel : Panel
        What the entries cover.
    backend : Backend
        Where to compute; every kernel is compiled before time is taken.
    given : Given
        The entries.
    settings : EngineSettings, optional
        Memory budget and block size.
    """
    operators = operators_of(formulas)
    plain = Engine(panel, backend, settings, operators=operators)
    cached = Engine(panel, backend, settings, operators=operators, given=given)
    _seconds(plain, formulas)  # compile, and load the features
    plain.counts = Counts()
    once, first = _seconds(plain, formulas), _seconds(cached, formulas)
    computed, reading = plain.counts.computed, replace(cached.counts)  # as they are now
    compared = [_compare(each, plain, cached) for each in formulas]
    turns = [(_seconds(plain, formulas), _seconds(cached, formulas)) for _ in range(_RUNS)]  # the machine is shared
    return Savings(
        formulas=len(formulas),
        hit=sum(hit for hit, _ in compared),
        given=reading.given,
        computed_without=computed,
        computed_with=reading.computed,
        seconds_without=min(once, *(without for without, _ in turns)),
        seconds_with=first,
        seconds_again=min(with_cache for _, with_cache in turns),
        equal=all(equal for _, equal in compared),
    )


def _compare(formula: Node, plain: Engine, cached: Engine) -> tuple[bool, bool]:
    """Return whether a formula reads an entry, and whether its values have the same bits with it."""
    before = cached.counts.given
    values = cached.evaluate([formula])
    return cached.counts.given > before, values.tobytes() == plain.evaluate([formula]).tobytes()


def measure_costs(
    operators: Iterable[Operator], panel: Panel, backend: Backend, settings: EngineSettings | None = None
) -> Costs:
    """Return the milliseconds of operators, each over one call, and those of reading an entry.

    Each is the least of three runs, less that of its argument alone. Costs that are measured differ from run to run; a
    plan that has to stay the same takes them from a file (``Costs.write``). What is not measured costs what it
    declares, in passes as long as the fastest operator takes for one.

    Parameters
    ----------
    operators : iterable of Operator
        Those that formulas hold.
    panel : Panel
        What they are computed over.
    backend : Backend
        Where to compute.
    settings : EngineSettings, optional
        Memory budget and block size.
    """
    chosen = sorted(operators, key=lambda op: op.name)
    calls = {op.name: tree for op in chosen if (tree := _example(op, panel)) is not None}
    engine = Engine(panel, backend, settings, operators=operators_of(calls.values()))
    least = {name: _least(engine, tree) - _least(engine, tree.args[0]) for name, tree in calls.items()}
    found = {name: rounded(max(1e3 * seconds, _SHORTEST)) for name, seconds in least.items()}
    passes = [found[op.name] / op.cost.value for op in chosen if op.name in found]
    return Costs(found, _milliseconds_to_read(panel), rounded(min(passes, default=1.0)))


def _example(op: Operator, panel: Panel) -> Call | None:
    """Return a call of an operator over a feature; None where it needs a grouping that the panel lacks."""
    numeric = field(next(iter(panel.fields)))
    of = {Role.PANEL: numeric, Role.BOOLEAN: call("gt", (numeric, constant(0.0)))}
    if op.takes_group and not panel.groups:
        return None
    args = tuple(of.get(each.role) or group(next(iter(panel.groups))) for each in op.arguments if not each.is_literal)
    choices = product(*(each.draws or (_WINDOW,) for each in op.literals))
    literals = next((given for given in choices if not op.problem(given)), None)
    return None if literals is None else call(op.name, args, literals)


def _milliseconds_to_read(panel: Panel) -> float:
    """Return what a session does with an entry: copy it, and scan it for what is not finite."""
    matrix, slot = np.zeros(panel.shape, dtype=np.float32), np.zeros(panel.shape, dtype=np.float32)

    def read() -> float:
        start = time.perf_counter()
        np.copyto(slot, matrix)
        slot[~np.isfinite(slot)] = np.nan
        return time.perf_counter() - start

    return rounded(max(1e3 * min(read() for _ in range(_RUNS)), _SHORTEST))


def _least(engine: Engine, tree: Node) -> float:
    engine.evaluate([tree])
    return min(_seconds(engine, [tree]) for _ in range(_RUNS))


def _seconds(engine: Engine, formulas: Sequence[Node]) -> float:
    """Return the seconds that evaluations one by one take."""
    start = time.perf_counter()
    for formula in formulas:
        engine.evaluate([formula])
    return time.perf_counter() - start
