"""Any tree over the shared vocabulary, well typed or not."""

from hypothesis import strategies as st
from panels import random_panel

from dfqgp.expr import Vocabulary, call, constant, field, group
from dfqgp.ops import OPERATORS, Role

WORDS = Vocabulary.of(random_panel(2, 2))

leaves = st.sampled_from([field(name) for name in WORDS.fields]) | st.builds(
    constant, st.floats(-1e6, 1e6, width=32).filter(lambda x: x == 0 or abs(x) > 1e-30)
)


def calls(inner):
    def build(op):
        args = [
            st.just(group("industry")) if each.role is Role.GROUP else inner
            for each in op.arguments
            if not each.is_literal
        ]
        literals = [st.integers(int(each.low), 300) for each in op.literals]
        return st.builds(lambda a, w: call(op.name, a, w), st.tuples(*args), st.tuples(*literals))

    return st.sampled_from(list(OPERATORS.values())).flatmap(build)


trees = st.recursive(leaves, calls, max_leaves=12)
