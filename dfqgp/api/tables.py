"""Tables of what expressions may use."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pandas as pd

from dfqgp.features import REGISTRY
from dfqgp.ops import OPERATORS

if TYPE_CHECKING:
    from dfqgp.panel import Panel


def operator_table() -> pd.DataFrame:
    """Return one row per operator, a user's own included, by name: signature, what it is, kind, units, whose it is.

    Examples
    --------
    >>> operator_table().loc["ts_mean", "signature"]
    'ts_mean(x, w)'
    """
    rows = {
        name: {
            "signature": op.signature(),
            "value": op.doc,
            "reads": op.kind.value,
            "units": op.unit.name,
            "boolean": op.boolean,
            "builtin": op.builtin,
        }
        for name, op in OPERATORS.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("operator")


def feature_table(panel: Panel | None = None) -> pd.DataFrame:
    """Return one row per feature, by name: its unit, and what it is.

    Parameters
    ----------
    panel : Panel, optional
        Lists the panel's own fields; without one, every feature that the package can build.

    Examples
    --------
    >>> feature_table().loc["close", "unit"]
    'price'
    """
    texts = {each.name: (inspect.getdoc(each.build) or "").split("\n")[0] for each in REGISTRY}
    units = {each.name: each.unit for each in REGISTRY} if panel is None else dict(panel.units)
    rows = {name: {"unit": unit, "value": texts.get(name, "a column of the table")} for name, unit in units.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("feature")
