"""Tables of what expressions may use."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pandas as pd

from dfqgp.features import REGISTRY
from dfqgp.features.intraday import INTRADAY
from dfqgp.ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.features.intraday import IntradayFeature
    from dfqgp.ops import Operator
    from dfqgp.panel import Panel

_DAYS = (100, 101, 250)  # windows at which the form of a lookback is tried


def operator_table() -> pd.DataFrame:
    """Return one row per operator, a user's own included, by name.

    The columns are its signature, what it is, which cells it reads, how many rows back (``w`` and the like are its own
    arguments), the units it asks for, whether it is boolean, and whether it comes with the package.

    Examples
    --------
    >>> operator_table().loc["ts_mean", "signature"]
    'ts_mean(x, w)'
    >>> operator_table().loc[["ts_mean", "ts_delay", "ts_ema", "abs"], "lookback"].tolist()
    ['w - 1', 'd', '4w - 1', '0']
    """
    rows = {
        name: {
            "signature": op.signature(),
            "value": op.doc,
            "reads": op.kind.value,
            "lookback": lookback_text(op),
            "units": op.unit.name,
            "boolean": op.boolean,
            "builtin": op.builtin,
        }
        for name, op in OPERATORS.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("operator")


def feature_table(panel: Panel | None = None) -> pd.DataFrame:
    """Return one row per feature, by name: its unit, what it is, and the columns and features that it is made of.

    Parameters
    ----------
    panel : Panel, optional
        Lists the panel's own fields; without one, every feature that the package can build, those of minute bars
        included.

    Examples
    --------
    >>> feature_table().loc["close", "unit"]
    'price'
    >>> feature_table().loc["price_impact", ["unit", "columns"]].tolist()
    ['currency^-1', 'minute bars']
    """
    units = {each.name: each.unit for each in (*REGISTRY, *INTRADAY)} if panel is None else dict(panel.units)
    rows = {name: {"unit": unit, **_origin(name)} for name, unit in units.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("feature")


def _origin(name: str) -> dict[str, str]:
    if name in INTRADAY:
        return _of_bars(INTRADAY.get(name))
    if name not in REGISTRY:
        return {"value": "a column of the table", "columns": name, "features": ""}
    found = REGISTRY.get(name)
    text = (inspect.getdoc(found.build) or "").partition("\n")[0]
    return {"value": text, "columns": ", ".join(found.columns), "features": ", ".join(found.features)}


def _of_bars(found: IntradayFeature) -> dict[str, str]:
    text = (inspect.getdoc(found.build) or "").partition("\n")[0]
    return {"value": text, "columns": "" if found.fields else "minute bars", "features": ", ".join(found.fields)}


def lookback_text(op: Operator) -> str:
    """Return the rows that an operator reads before the day, as a formula of its arguments.

    Examples
    --------
    >>> lookback_text(OPERATORS["ts_ema"])
    '4w - 1'
    """
    return " + ".join(_rows_text(each.name, each.rows) for each in op.literals if each.rows) or "0"


def _rows_text(name: str, rows: Callable[[int], int]) -> str:
    slope = rows(_DAYS[1]) - rows(_DAYS[0])
    beyond = rows(_DAYS[0]) - slope * _DAYS[0]
    if any(rows(days) != slope * days + beyond for days in _DAYS):
        return f"a function of {name}"
    times = name if slope == 1 else f"{slope}{name}"
    return f"{times} {'+' if beyond > 0 else '-'} {abs(beyond)}" if beyond else times
