"""Panels that formulas are compared on, and the same as frames."""

from __future__ import annotations

import numpy as np
from formulas.wide import Market

from dfqgp import Panel
from dfqgp.expr.dialects.readers.alpha101 import E
from dfqgp.sources import SyntheticSettings, open_source


def synthetic(assets=24, days=330):
    """A generated market with suspensions, industries and sizes."""
    return Panel.from_frame(open_source(SyntheticSettings(assets=assets, days=days)).load().frame)


def real(frame, codes=None, days=None):
    """The first codes and the last days of the real table."""
    chosen = sorted(frame["code"].unique())[:codes]
    first = np.sort(frame["date"].unique())[-days if days else 0]
    part = frame[frame["code"].isin(chosen) & (frame["date"] >= first)]
    return Panel.from_frame(part.reset_index(drop=True))


def market_of(panel):
    """The panel's own float32 fields as frames, and the capitalisation that ``cap`` is read as."""
    cap = np.float32(E) ** panel.field("log_mktcap").astype(np.float64)
    return Market(dict(panel.fields) | {"cap": cap.astype(np.float32)}, panel.universe, panel.group("industry"))
