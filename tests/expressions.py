"""Any tree over the shared vocabulary, well typed or not."""

from hypothesis import strategies as st
from panels import random_panel

from dfqgp.expr import Vocabulary, call, constant, field, group
from dfqgp.ops import OPERATORS, Arg

WORDS = Vocabulary.of(random_panel(2, 2))

leaves = st.sampled_from([field(name) for name in WORDS.fields]) | st.builds(
    constant, st.floats(-1e6, 1e6, width=32).filter(lambda x: x == 0 or abs(x) > 1e-30)
)


def calls(inner):
    def build(op):
        args = [st.just(group("industry")) if kind is Arg.GROUP else inner for kind in op.args if not kind.is_literal]
        literals = [st.integers(op.smallest_literal, 300) for kind in op.args if kind.is_literal]
        return st.builds(lambda a, w: call(op.name, a, w), st.tuples(*args), st.tuples(*literals))

    return st.sampled_from(list(OPERATORS.values())).flatmap(build)


trees = st.recursive(leaves, calls, max_leaves=12)
