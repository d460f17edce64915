"""Neutralising one day's sample against groups and size: the NumPy definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.backends.reference.preprocess import Vector


def ridge_residual(z: Vector, group: NDArray[np.int16], size: Vector, ridge: float) -> Vector:
    """Residual of z on one-hot groups (no intercept) and size, by ridge regression.

    Parameters
    ----------
    z, size : (n,) float64
        Standardised factor and standardised size; a size of zeros leaves it out.
    group : (n,) int16
        Group codes.
    ridge : float
        Penalty on every coefficient.

    Returns
    -------
    (n,) float64
        z minus the fit.

    Notes
    -----
    The normal equations (D'D + ridge I) b = D'z with the design D written out. Kernels solve them in closed form.

    Examples
    --------
    >>> ridge_residual(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 0], dtype=np.int16), np.zeros(3), 0.0)
    array([-2.,  0.,  2.])
    """
    codes = np.unique(group)
    design = np.column_stack([*(group == code for code in codes), size]).astype(np.float64)
    if not size.any():
        design = design[:, :-1]
    penalty = ridge * np.eye(design.shape[1])
    coefficients = np.linalg.solve(design.T @ design + penalty, design.T @ z)
    return np.asarray(z - design @ coefficients)


def without_singles(inside: NDArray[np.bool_], group: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Leave out the assets that are alone in their group: they have no residual.

    Examples
    --------
    >>> without_singles(np.array([True, True, True, False]), np.array([0, 0, 1, 1], dtype=np.int16))
    array([ True,  True, False, False])
    """
    codes, counts = np.unique(group[inside], return_counts=True)
    return inside & np.isin(group, codes[counts > 1])
