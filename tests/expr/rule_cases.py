"""What the tests of rules share: instances of a rule, hard panels, and values without rounding to float32."""

from __future__ import annotations

import itertools

import numpy as np
from panels import hard_inputs, random_panel

from dfqgp.expr import call, constant, field, group
from dfqgp.expr.arithmetic import arithmetic, value_of
from dfqgp.expr.node import Constant, Field, Group
from dfqgp.expr.patterns import Applied, Number, build, read
from dfqgp.ops import OPERATORS, Kind, Role
from dfqgp.panel import Panel

ROWS, COLUMNS = 36, 20
X, Y, Z = map(field, "xyz")

STANDING_FOR = (
    {"x": X, "y": Y, "z": Z, "p": call("lt", (X, Y)), "q": call("lt", (Z, constant(0.1)))},
    {"x": Y, "y": X, "z": call("ts_mean", (Z,), (3,)), "p": call("lt", (Y, Z)), "q": call("eq", (X, constant(7.0)))},
    {"x": call("abs", (X,)), "y": call("sigmoid", (Y,)), "z": Z, "p": call("lt", (Y, X)), "q": call("lt", (X, Z))},
    {"x": call("cs_rank", (X,)), "y": call("neg", (call("abs", (Y,)),)), "z": call("ts_delay", (Z,), (2,)),
     "p": call("le", (X, Z)), "q": call("lt", (Z, Y))},
    {"x": call("neg", (call("abs", (Y,)),)), "y": X, "z": Y, "p": call("eq", (X, Y)), "q": call("le", (Y, Z))},
    {"x": call("sign", (X,)), "y": call("ts_rank", (Y,), (4,)), "z": X,
     "p": call("lt", (Z, X)), "q": call("lt", (X, Y))},
)  # fmt: skip
"""What the names of rules may stand for: fields, and parts with bounds and lookbacks."""

CONSTANTS = (-3.5, -1.0, -0.25, 0.0, 0.3, 1.0, 2.0, 7.0)
NUMBERS = {
    Role.WINDOW: (2, 3, 4, 5, 8),
    Role.DELAY: (1, 2, 3, 7),
    Role.WHOLE: (1, 2, 3, 5, 10),
    Role.REAL: (-3.0, -1.0, -0.5, 0.05, 0.1, 0.25, 0.4, 0.5, 0.7, 0.9, 1.0, 2.0, 2.5),
}


def numbers_of(pattern, found=None):
    """Return the values to try for each number of a pattern."""
    found = {} if found is None else found
    if isinstance(pattern, Applied):
        for argument, literal in zip(OPERATORS[pattern.op].literals, pattern.literals, strict=True):
            if literal.name:
                found[literal.name] = [value for value in NUMBERS[argument.role] if argument.accepts(value)]
        for arg in pattern.args:
            if isinstance(arg, Number) and arg.name:
                found.setdefault(arg.name, list(CONSTANTS))
            numbers_of(arg, found)
    return found


def instances(rule, each=1, seed=0):
    """Return (left, right) trees of a rule: ``each`` draws of numbers for everything that its names may stand for."""
    left, right = read(rule.left), read(rule.right)
    numbers = numbers_of(left)
    drawn = list(itertools.product(*numbers.values()))
    np.random.default_rng(seed).shuffle(drawn)
    for names in STANDING_FOR:
        fitting = 0
        for values in drawn:
            found = {"g": group("industry"), **names, **dict(zip(numbers, values, strict=True))}
            if rule.when and not value_of(arithmetic(rule.when), found):
                continue
            pair = build(left, found), build(right, found)
            if None not in pair:
                yield pair
                fitting += 1
                if fitting == each:
                    break


def panel_of(fields, seed):
    base = random_panel(ROWS, COLUMNS, groups=4, seed=seed)
    units = dict.fromkeys(fields, "ratio")
    return Panel(
        base.dates, base.codes, fields, units, base.groups, base.universe, base.buyable, np.ascontiguousarray(base.size)
    )


def hard_panel(seed=1):
    """Columns that break careless arithmetic, in another order for each field, so that kinds of columns meet."""
    fields = {}
    for number, name in enumerate("xyz"):
        matrix = np.roll(hard_inputs(ROWS, COLUMNS, 10 * seed + number), 3 * number, axis=1)
        matrix[~np.isfinite(matrix)] = np.nan
        fields[name] = np.ascontiguousarray(matrix)
    return panel_of(fields, seed)


def ordinary_panel(seed=5):
    """Values about 1, a few missing."""
    rng = np.random.default_rng(seed)
    fields = {name: rng.standard_normal((ROWS, COLUMNS)).astype(np.float32) for name in "xyz"}
    for matrix in fields.values():
        matrix[rng.random(matrix.shape) < 0.05] = np.nan
    return panel_of(fields, seed)


class Unrounded:
    """Values in float64 from the operators' definitions, on a hard panel of which magnitudes are brought together."""

    def __init__(self, panel):
        self.groups, self.universe, self.known = panel.groups, panel.universe, {}
        self.fields = {
            name: np.sign(each) * np.abs(each.astype(np.float64)) ** 0.25 for name, each in panel.fields.items()
        }

    def value(self, node):
        if node not in self.known:
            self.known[node] = self._value(node)
        return self.known[node]

    def _value(self, node):
        if isinstance(node, Field):
            return self.fields[node.name]
        if isinstance(node, Constant):
            return np.full(self.universe.shape, node.value)
        nodes, literals = iter(node.args), iter(node.literals)
        given = [next(literals) if each.is_literal else self._input(next(nodes)) for each in node.op.arguments]
        universe = (self.universe,) if node.op.kind is Kind.CROSS else ()
        with np.errstate(all="ignore"):
            out = np.array(node.op.reference(*given, *universe), dtype=np.float64)
        out[~np.isfinite(out)] = np.nan
        out[: node.lookback] = np.nan
        return out

    def _input(self, node):
        return self.groups[node.name] if isinstance(node, Group) else self.value(node)


def difference(one, other, tolerance):
    """Return where two values differ by more than a tolerance of their stock's and their day's scale; "" if nowhere."""
    if not np.array_equal(np.isnan(one), np.isnan(other)):
        return f"NaN differs at {np.argwhere(np.isnan(one) != np.isnan(other))[:3].tolist()}"
    sizes = np.nan_to_num(np.fmax(np.abs(one), np.abs(other)))
    scale = sizes + np.minimum(sizes.max(axis=0, keepdims=True), sizes.max(axis=1, keepdims=True))
    apart = np.nan_to_num(np.abs(one - other)) > tolerance * scale
    return f"{one[apart][:3]} and {other[apart][:3]} at {np.argwhere(apart)[:3].tolist()}" if apart.any() else ""
