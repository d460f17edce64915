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


def calls(inner):
    def build(op):
        args = [
            st.just(group("industry")) if each.role is Role.GROUP else inner
            for each in op.arguments
            if not each.is_literal
        ]
        literals = st.tuples(*map(literal, op.literals)).filter(lambda given: not op.problem(given))
        return st.builds(lambda a, w: call(op.name, a, w), st.tuples(*args), literals)

    return st.sampled_from(list(OPERATORS.values())).flatmap(build)


trees = st.recursive(leaves, calls, max_leaves=12)
