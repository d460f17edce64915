"""What a kernel form means: its functions run in plain Python over a small panel, cell by cell.

A backend's loops compute the same, faster. Registering uses this to prove a kernel against the definition, where no
compiler is at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.ops.arguments import Role
from dfqgp.ops.forms import (
    Counting,
    CrossSection,
    DayQuantiles,
    Elementwise,
    Lagged,
    Passes,
    Ranked,
    Rolling,
    WindowQuantile,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.ops.forms import State
    from dfqgp.ops.spec import Input, Matrix, Operator, Result

    Codes = NDArray[np.int16]
    Numbers = tuple[float, ...]
    Rows = list[tuple[float, ...]]


def interpret(declared: Operator, inputs: Sequence[Input], universe: NDArray[np.bool_]) -> Result:
    """Return the (T, N) float32 value that the operator's form gives for inputs as ``Operator.apply`` takes them."""
    given = list(zip(declared.arguments, inputs, strict=True))
    panels = [np.array(value, dtype=np.float32) for each, value in given if each.is_panel]
    codes = [np.asarray(value, dtype=np.int16) for each, value in given if each.role is Role.GROUP]
    literals = tuple(float(value) for each, value in given if each.is_literal)
    out, back = np.full(panels[0].shape, np.nan), declared.lookback(literals)
    with np.errstate(all="ignore"):
        match declared.form:
            case Elementwise(cell):
                for at in np.ndindex(*out.shape):
                    out[at] = cell(*(x[at] for x in panels), *literals)
            case Lagged(cell):
                for t, j in np.ndindex(*out[back:].shape):
                    out[t + back, j] = cell(panels[0][t + back, j], panels[0][t, j])
            case Rolling() | Counting() | WindowQuantile() | Passes() as form:
                for t, j in np.ndindex(*out[back:].shape):
                    window = [tuple(float(x[s, j]) for x in panels) for s in range(t, t + back + 1)]
                    out[t + back, j] = _of_window(
                        form, window, (t + back) % (back + 1), declared.needed(literals), literals
                    )
            case CrossSection() | Ranked() | DayQuantiles() as form:
                inside = [np.where(universe, x, np.float32(np.nan)) for x in panels]
                for t, row in enumerate(out):
                    _of_day(form, [x[t] for x in inside], [g[t] for g in codes], literals, row)
        values = out.astype(np.float32)
    values[~np.isfinite(values)] = np.nan
    values[:back] = np.nan
    return values


def _of_window(
    form: Rolling | Counting | WindowQuantile | Passes, window: Rows, age: int, need: int, literals: Numbers
) -> float:
    if isinstance(form, Counting):
        counts = np.sum([form.compare(row[0], window[-1][0]) for row in window], axis=0)
        return form.value(*counts, *literals) if counts[0] >= need else np.nan
    if isinstance(form, WindowQuantile):
        there = [row[0] for row in window if np.isfinite(row[0])]
        return float(np.quantile(there, form.share(*literals))) if len(there) >= need else np.nan
    state = _merged(form, window, age, literals) if isinstance(form, Rolling) else _passed(form, window, literals)
    if not state[0] >= need:
        return np.nan
    ages = (float(age),) if isinstance(form, Rolling) else ()
    return form.value(state, *window[-1], *ages, *literals)


def _merged(form: Rolling, window: Rows, age: int, literals: Numbers) -> State:
    """Fold a window: the rows before the block's boundary, merged with those from it on, as backends do."""
    weights = literals if form.weighs else ()
    tail: State = tuple(map(np.float64, form.start))
    head = tail
    boundary = len(window) - 1 - age
    for place in range(boundary - 1, -1, -1):
        tail = form.add(tail, *window[place], float(place - boundary), *weights)
    for place in range(boundary, len(window)):
        head = form.add(head, *window[place], float(place - boundary), *weights)
    return form.merge(tail, head)


def _passed(form: Passes, window: Rows, literals: Numbers) -> State:
    state: State = tuple(map(np.float64, form.start))
    for number in range(int(form.count(*literals))):
        for place, row in enumerate(window):
            state = form.add(state, *row, float(place - len(window) + 1), float(number), *literals)
        state = form.turn(state, float(number), *literals)
    return state


def _of_day(
    form: CrossSection | Ranked | DayQuantiles,
    rows: list[Result],
    codes: list[Codes],
    literals: Numbers,
    out: Matrix,
) -> None:
    there = np.isfinite(np.stack(rows)).all(axis=0)
    group = codes[0] if codes else np.zeros(len(out), dtype=np.int16)
    for code in np.unique(group[there & (group >= 0)]):
        inside = np.flatnonzero(there & (group == code))
        x = rows[0].astype(np.float64)
        if isinstance(form, CrossSection):
            state = _of_stocks(form, rows, inside)
            out[inside] = [form.value(state, *(np.float64(x[j]) for x in rows), *literals) for j in inside]
        elif isinstance(form, DayQuantiles):
            low, high = np.quantile(x[inside], [literals[0], 1.0 - literals[0]])
            out[inside] = [form.value(low, high, x[j], *literals) for j in inside]
        else:
            below, equal = (np.array([(each(x[inside], x[j])).sum() for j in inside]) for each in (np.less, np.equal))
            out[inside] = [form.value(r, len(inside), *literals) for r in below + (equal + 1) / 2]


def _of_stocks(form: CrossSection, rows: list[Result], inside: NDArray[np.int64]) -> State:
    """Fold stocks as backends do: parts of them, whose states merge."""
    parts: list[State] = []
    for part in (inside[: len(inside) // 2], inside[len(inside) // 2 :]):
        state: State = tuple(map(np.float64, form.start))
        for j in part:
            state = form.add(state, *(np.float64(x[j]) for x in rows), 0.0)
        parts.append(state)
    return form.merge(*parts)
