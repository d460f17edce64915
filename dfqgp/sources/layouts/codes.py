"""Codes of A-shares in the forms of several vendors, brought to one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    Column = pd.Series[Any]

_EXCHANGES = {"sh": "SH", "xshg": "SH", "sz": "SZ", "xshe": "SZ", "bj": "BJ", "xbse": "BJ"}
_SUFFIXED = re.compile(r"(\d{6})\.(sh|sz|bj|xshg|xshe|xbse)", re.IGNORECASE)
_PREFIXED = re.compile(r"(sh|sz|bj)\.?(\d{6})", re.IGNORECASE)

# First digits of stocks on each exchange. Funds, bonds and indices share digits between exchanges and are not told.
_STARTS = {"SH": ("60", "68", "900"), "SZ": ("00", "20", "30"), "BJ": ("4", "8", "92")}


def standard_code(code: str) -> str | None:
    """Return a code as six digits, a dot and SH, SZ or BJ; None if it has no known form.

    Parameters
    ----------
    code : str
        ``600000.XSHG``, ``sh.600000``, ``SH600000``, ``600000.SH``, or ``600000``, whose exchange the digits tell.

    Examples
    --------
    >>> [standard_code(code) for code in ("000001.XSHE", "sh.600000", "SZ300750", "920001", "AAPL")]
    ['000001.SZ', '600000.SH', '300750.SZ', '920001.BJ', None]
    """
    if found := _SUFFIXED.fullmatch(code):
        return f"{found[1]}.{_EXCHANGES[found[2].lower()]}"
    if found := _PREFIXED.fullmatch(code):
        return f"{found[2]}.{_EXCHANGES[found[1].lower()]}"
    if len(code) == 6 and code.isdigit():
        return next((f"{code}.{exchange}" for exchange, starts in _STARTS.items() if code.startswith(starts)), None)
    return None


def standard_codes(codes: Column) -> tuple[Column, list[str]]:
    """Return a column of codes in the standard form, and up to three texts that have no known form.

    The column is one of categories, as codes repeat. Cells that are no text are left as they are: the data contract
    names them.

    Examples
    --------
    >>> column, strange = standard_codes(pd.Series(["sz.000001", "sz.000001", "IBM"]))
    >>> column.tolist(), strange
    (['000001.SZ', '000001.SZ', 'IBM'], ['IBM'])
    """
    numbers, distinct = pd.factorize(codes)
    forms = {code: standard_code(code.strip()) for code in distinct if isinstance(code, str) and code.strip()}
    strange = [code for code, standard in forms.items() if standard is None]
    names, texts = pd.factorize(pd.Index([forms.get(code) or code for code in distinct], dtype=object))
    rows = np.append(names, -1)[numbers]  # the last is where a missing code points
    return pd.Series(pd.Categorical.from_codes(rows, categories=texts), index=codes.index), strange[:3]
