"""A user's operator, as it stands in a notebook cell or in a file that the configuration names."""

import dfqgp as dq


@dq.operator(form=dq.ops.Elementwise(lambda x, y: (x - y) / (abs(x) + abs(y))))
def imbalance(x: dq.ops.Numeric, y: dq.ops.Numeric) -> dq.ops.Numeric:
    """Difference over the sum of absolute values, in [-1, 1]."""
    return (x - y) / (abs(x) + abs(y))
