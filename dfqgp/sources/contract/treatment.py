"""How a table is to be taken where the contract leaves a choice."""

from __future__ import annotations

import zoneinfo
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from dfqgp.errors import ConfigError
from dfqgp.records import record

AmountChoice = Literal["typical", "without", "refuse"]
OnBad = Literal["refuse", "drop"]
Prices = Literal["raw", "forward", "backward"]


def _is_zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("Input should be a time zone of the IANA database, such as Asia/Shanghai") from None
    return name


@record("source", ConfigError)
class Treatment:
    """How a table is to be taken where the contract leaves a choice.

    Parameters
    ----------
    timezone : str
        Time zone of the market. A time stamp with an offset is converted to it before its date is taken.
    amount : {"typical", "without", "refuse"}
        What to do without a column ``amount``: take the typical price (high + low + close) / 3 times the volume, go
        without amount and vwap, or refuse the table.
    on_bad : {"refuse", "drop"}
        What to do with rows that break a rule: refuse the table, or leave them out and count them.
    bad_limit : float
        With ``on_bad="drop"``: the share of rows that may be left out; more refuse the table.
    prices : {"raw", "forward", "backward"}
        What the table's prices are: as traded, adjusted so that the last ones are as traded (forward), or so that the
        first ones are (backward, by the whole factor).

    Raises
    ------
    ConfigError
        If the time zone is unknown, the limit is outside 0 to 1, or another value is none of those.
    """

    timezone: Annotated[str, AfterValidator(_is_zone)] = "Asia/Shanghai"
    amount: AmountChoice = "typical"
    on_bad: OnBad = "refuse"
    bad_limit: Annotated[float, Field(ge=0, le=1)] = 0.001
    prices: Prices = "raw"
