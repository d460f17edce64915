"""Float32 values as whole numbers in the same order: half-way points and digits of values are those of numbers.

Equal values have equal numbers, -0.0 and 0.0 among them, and the difference of two is how many float32 values it is
from one to the other.
"""

from __future__ import annotations

import numpy as np

from dfqgp.backends.gpu.kernels.compile import register_jitable

LEAST = -(1 << 31)
"""No key is as small: a key less this is in 1 .. 2^32 - 1."""


@register_jitable
def key_of(value):
    """Return the whole number of a value that is not NaN."""
    bits = int(np.float32(value).view(np.int32))
    return bits if bits >= 0 else LEAST - bits


@register_jitable
def value_of(key):
    """Return the float32 value of a whole number."""
    bits = key if key >= 0 else LEAST - key
    return np.int32(bits).view(np.float32)
