"""A long table written as a folder in qlib's binary format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

PRICES = ("open", "high", "low", "close")


def write_folder(frame: pd.DataFrame, root: Path, fields=(), calendar=None) -> Path:
    """Write a normalised long table with adjusted prices and volume, ``amount``, ``factor`` and the fields named.

    Limits are prices, and so adjusted.
    Days on which a stock has no row are NaN between its first and its last.
    """
    days = np.unique(frame["date"].to_numpy()) if calendar is None else np.asarray(calendar)
    for part in ("calendars", "instruments", "features"):
        (root / part).mkdir(parents=True)
    (root / "calendars" / "day.txt").write_text("".join(f"{str(day)[:10]}\n" for day in days))
    adjusted = frame.assign(
        **{name: frame[name] * frame["adj_factor"] for name in (*PRICES, "limit_up", "limit_down") if name in frame},
        volume=frame["volume"] / frame["adj_factor"],
        factor=frame["adj_factor"],
    )
    lines = []
    for code, rows in adjusted.groupby("code", observed=True):
        name = f"{code[-2:]}{code[:6]}"
        places = np.searchsorted(days, rows["date"].to_numpy())
        (root / "features" / name.lower()).mkdir()
        for field in (*PRICES, "volume", "amount", "factor", *fields):
            write_field(root, name, field, places, rows[field].to_numpy())
        first, last = (f"{day:%Y-%m-%d}" for day in (rows["date"].min(), rows["date"].max()))
        lines.append(f"{name}\t{first}\t{last}\n")
    (root / "instruments" / "all.txt").write_text("".join(lines))
    return root


def write_field(root: Path, name: str, field: str, places, values) -> None:
    dense = np.full(int(places.max() - places.min()) + 1, np.nan)
    dense[places - places.min()] = values
    path = root / "features" / name.lower() / f"{field}.day.bin"
    np.concatenate([[places.min()], dense]).astype("<f4").tofile(path)
