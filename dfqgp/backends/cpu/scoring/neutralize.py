"""From a day's sample to residuals: z-scores of the factor and the size, and the ridge fit taken off in closed form.

Sums run over the stocks in the order of their columns, one after the other: another order would round otherwise, and
two residuals that are equal by their definition might no longer be tied. Loops that sum are kept apart from loops that
do not, since only the latter are vectorised.
"""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable


@register_jitable
def standardize(values, n, low, high, size, places, z, m):
    """Write z-scores of the clipped values and of the size; return False for a constant row.

    Sizes that are all equal, as they are where size is left out, become zeros.
    """
    if not low < high:
        return False
    first = np.float64(size[places[0]])
    total, total_size = 0.0, 0.0
    for i in range(n):  # less a value of their own level, so that a high level costs the squares no digits
        z[i] = min(max(np.float64(values[i]), low), high) - low
        m[i] = np.float64(size[places[i]]) - first
        total += z[i]
        total_size += m[i]
    mean, mean_size = total / n, total_size / n
    squares, squares_size = 0.0, 0.0
    for i in range(n):
        z[i] -= mean
        m[i] -= mean_size
        squares += z[i] * z[i]
        squares_size += m[i] * m[i]
    if squares <= 0.0:
        return False
    scale = np.sqrt(squares / n)
    if squares_size <= 0.0:
        m[:n] = 0.0
    scale_size = np.sqrt(squares_size / n) if squares_size > 0.0 else 1.0
    for i in range(n):
        z[i] /= scale
        m[i] /= scale_size
    return True


@register_jitable
def take_off_fit(z, m, places, group, n, members, ridge, codes, effects, sum_m):
    """Turn z into its residual on groups and size; return the sum of squares that is left.

    With group sizes n_g, sums Z_g of the factor and M_g of the size, and penalty l, the slope of the size is
    b = (m'z - sum Z_g M_g / (n_g + l)) / (m'm + l - sum M_g^2 / (n_g + l)), and a group's effect is
    (Z_g - b M_g) / (n_g + l).
    """
    effects[:], sum_m[:] = 0.0, 0.0
    zm, mm = 0.0, 0.0
    for i in range(n):
        g = group[places[i]]
        codes[i] = g
        effects[g] += z[i]
        sum_m[g] += m[i]
        zm += z[i] * m[i]
        mm += m[i] * m[i]
    for g in range(effects.shape[0]):
        if members[g] > 1:
            zm -= sum_m[g] * effects[g] / (members[g] + ridge)
            mm -= sum_m[g] * sum_m[g] / (members[g] + ridge)
    slope = zm / (mm + ridge) if mm + ridge > 0.0 else 0.0  # 0: size is left out, or groups explain it all
    for g in range(effects.shape[0]):
        effects[g] = (effects[g] - slope * sum_m[g]) / (members[g] + ridge)
    left = 0.0
    for i in range(n):
        z[i] -= effects[codes[i]] + slope * m[i]
        left += z[i] * z[i]
    return left
