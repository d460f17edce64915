"""Any tree over the shared vocabulary, well typed or not."""

from hypothesis import strategies as st
from panels import random_panel

from dfqgp.expr import Vocabulary, call, constant, field, group
from dfqgp.ops import OPERATORS, Role

WORDS = Vocabulary.of(random_panel(2, 2))

leaves = st.sampled_from([field(name) for name in WORDS.fields]) | st.builds(
    constant, st.floats(-1e6, 1e6, width=32).filter(lambda x: x == 0 or abs(x) > 1e-30)
)


def literal(argument):
    """Any number that may stand there, windows of moderate length."""
    if argument.role is Role.REAL:
        return st.floats(max(argument.low, -100), min(argument.high, 100)).map(lambda x: round(x, 3))
    return st.integers(int(argument.low), min(int(argument.high), 300))


ALL = tuple(OPERATORS.values())
SYMBOLS = tuple(op for op in ALL if op.infix or op.name in ("neg", "not", "if_else"))


def _call(op, numeric, boolean):
    of = {Role.GROUP: st.just(group("industry")), Role.BOOLEAN: boolean, Role.PANEL: numeric}
    args = st.tuples(*(of[each.role] for each in op.arguments if not each.is_literal))
    literals = st.tuples(*map(literal, op.literals)).filter(lambda given: not op.problem(given))
    return st.builds(lambda a, w: call(op.name, a, w), args, literals)


def _calls(inner, ops=ALL):
    """One level more: of every operator, over booleans where its signature wants them."""
    start = st.sampled_from([op for op in ops if op.boolean and all(each.role is Role.PANEL for each in op.panels)])
    compared = start.flatmap(lambda op: _call(op, inner, st.nothing()))
    logical = st.sampled_from([op for op in ops if op.boolean]).flatmap(lambda op: _call(op, inner, compared))
    numeric = st.sampled_from([op for op in ops if not op.boolean])
    return numeric.flatmap(lambda op: _call(op, inner, compared | logical))


trees = st.recursive(leaves, _calls, max_leaves=12)
"""Numeric trees."""

symbolic = st.recursive(leaves, lambda inner: _calls(inner, SYMBOLS), max_leaves=12)
"""Numeric trees of the operators that symbols write, which brackets have to keep apart."""

conditions = st.sampled_from([op for op in ALL if op.boolean]).flatmap(
    lambda op: _call(op, trees, st.builds(lambda x, y: call("gt", (x, y)), trees, trees))
)
"""Boolean trees."""
