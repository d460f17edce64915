"""Which stocks may be held, and which can be bought and sold: the universe and the tradability masks.

All are element by element and take arrays of any one shape: the rows of a long table as well as (T, N) matrices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from dfqgp.errors import ConfigError
from dfqgp.records import record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

HALF_TICK = 0.005
"""Prices are quoted in cents, so two that differ by less than half of one are the same quote."""


@record("universe", ConfigError)
class UniverseSettings:
    """Which stocks belong to the universe, in addition to the table's own ``in_universe``.

    Parameters
    ----------
    min_listed_days : int
        Trading days that must have passed since the listing.
    exclude_st : bool
        Leave out stocks under special treatment.

    Raises
    ------
    ConfigError
        If ``min_listed_days`` is not a whole number of at least 0 or ``exclude_st`` not a bool.
    """

    min_listed_days: Annotated[int, Field(ge=0)] = 60
    exclude_st: bool = True


def universe_mask(
    *, in_universe: Mask, is_trading: Mask, is_st: Mask, listed_days: NDArray[np.int64], settings: UniverseSettings
) -> Mask:
    """Return the members: chosen, trading, listed long enough, and not ST where that is excluded.

    Parameters
    ----------
    in_universe, is_trading, is_st : bool arrays of one shape
        As known on the day; False where there is no row.
    listed_days : int array of the same shape
        Trading days since the listing, see :meth:`dfqgp.market.calendar.Calendar.trading_days_since`.
    settings : UniverseSettings
        Which rules apply.

    Examples
    --------
    >>> import numpy as np
    >>> yes = np.array([True, True, True])
    >>> universe_mask(in_universe=yes, is_trading=yes, is_st=np.array([False, True, False]),
    ...               listed_days=np.array([60, 60, 59]), settings=UniverseSettings())
    array([ True, False, False])
    """
    members = in_universe & is_trading & (listed_days >= settings.min_listed_days)
    return members & ~is_st if settings.exclude_st else members


def buyable_mask(
    *, is_trading: Mask, open_price: NDArray[np.floating[Any]], limit_up: NDArray[np.floating[Any]] | None = None
) -> Mask:
    """Return where an order to buy is filled: trading, and not opened at the upper limit.

    Parameters
    ----------
    is_trading : bool array
        False where suspended or where there is no row.
    open_price, limit_up : float arrays of the same shape
        Raw prices, not adjusted ones. Without ``limit_up``, or where it is NaN, no limit applies.

    Examples
    --------
    >>> import numpy as np
    >>> buyable_mask(is_trading=np.array([True, True, False]), open_price=np.array([11.0, 10.9, 10.0]),
    ...              limit_up=np.array([11.0, 11.0, 11.0]))
    array([False,  True, False])
    """
    if limit_up is None:
        return is_trading.copy()
    return is_trading & ~(open_price >= limit_up - HALF_TICK)


def sellable_mask(
    *, is_trading: Mask, open_price: NDArray[np.floating[Any]], limit_down: NDArray[np.floating[Any]] | None = None
) -> Mask:
    """Return where an order to sell is filled: trading, and not opened at the lower limit.

    Parameters
    ----------
    is_trading : bool array
        False where suspended or where there is no row.
    open_price, limit_down : float arrays of the same shape
        Raw prices, not adjusted ones. Without ``limit_down``, or where it is NaN, no limit applies.

    Examples
    --------
    >>> import numpy as np
    >>> sellable_mask(is_trading=np.array([True, True, False]), open_price=np.array([9.0, 9.1, 10.0]),
    ...               limit_down=np.array([9.0, 9.0, 9.0]))
    array([False,  True, False])
    """
    if limit_down is None:
        return is_trading.copy()
    return is_trading & ~(open_price <= limit_down + HALF_TICK)
