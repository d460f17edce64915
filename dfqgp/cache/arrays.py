"""The bytes of an entry's file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dfqgp.cache.scope import Scope


def file_bytes(scope: Scope) -> int:
    """Return the bytes of a .npy file of a (T, N) float32 matrix of this scope.

    Examples
    --------
    >>> from dfqgp.cache import Scope
    >>> file_bytes(Scope("data", 100, 20, "semantics", "cpu", "0.1.0"))
    8128
    """
    shape = scope.rows, scope.assets
    header = io.BytesIO()
    facts = {"descr": np.dtype(np.float32).str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, facts)
    return len(header.getvalue()) + np.dtype(np.float32).itemsize * shape[0] * shape[1]
