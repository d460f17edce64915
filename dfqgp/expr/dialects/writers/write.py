"""Tree -> text of a dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import ConfigError, nearest
from dfqgp.expr.dialects.writers.dolphindb import write_dolphindb
from dfqgp.expr.dialects.writers.kunquant import write_kunquant
from dfqgp.expr.dialects.writers.pandas import write_pandas
from dfqgp.expr.dialects.writers.polars import write_polars, write_polars_lazy
from dfqgp.expr.dialects.writers.qlib import write_qlib
from dfqgp.expr.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dfqgp.expr.node import Node

DIALECTS: Mapping[str, Callable[[Node], str]] = {
    "dfqgp": render,
    "qlib": write_qlib,
    "polars": write_polars,
    "polars_lazy": write_polars_lazy,
    "pandas": write_pandas,
    "dolphindb": write_dolphindb,
    "kunquant": write_kunquant,
}
"""Writer of each dialect."""


def write(node: Node, dialect: str) -> str:
    """Write a tree in a dialect.

    Parameters
    ----------
    node : Node
        Any tree.
    dialect : str
        One of ``DIALECTS``.

    Returns
    -------
    str
        An expression, or the code of a function.

    Raises
    ------
    WriteError
        For an operator that the dialect cannot say by the same definition.
    ConfigError
        For a dialect that is not there.

    Examples
    --------
    >>> from dfqgp.expr.node import call, field
    >>> write(call("ts_mean", (field("close"),), (5,)), "dfqgp")
    'ts_mean(close, 5)'
    """
    if dialect not in DIALECTS:
        expected = f"one of {', '.join(DIALECTS)}"
        raise ConfigError(key="dialect", got=repr(dialect), expected=expected, hint=nearest(dialect, DIALECTS))
    return DIALECTS[dialect](node)
