"""Whether the prices are what the settings say that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.sources.contract.price_basis import Days, tell
from dfqgp.sources.contract.violations import Violation

if TYPE_CHECKING:
    from dfqgp.sources.contract.price_basis import Basis
    from dfqgp.sources.contract.rows import Rows
    from dfqgp.sources.contract.treatment import Prices


def price_violations(rows: Rows, prices: Prices, *, own_factor: bool, own_amount: bool) -> list[Violation]:
    """Return what speaks against prices that should be raw by now.

    Parameters
    ----------
    rows : Rows
        Sorted by (code, date), its prices brought to raw ones where they came with a factor.
    prices : {"raw", "forward", "backward"}
        What the settings say of the prices that came.
    own_factor, own_amount : bool
        Whether the table came with ``adj_factor``, and with ``amount``.
    """
    if prices != "raw" and not own_factor:
        return []  # nothing that could be raw
    cells = rows.cells
    basis = tell(
        Days(
            xp=rows.xp,
            days=cells["date"],
            codes=rows.texts["code"].numbers,
            open=cells["open"],
            close=cells["close"],
            volume=cells["volume"],
            amount=cells["amount"] if own_amount else None,
            factor=cells["adj_factor"] if own_factor else None,
            trading=cells["is_trading"],
        )
    )
    words = _of_raw(basis) if prices == "raw" else _of_recovered(basis, prices)
    return [Violation(words)] if words else []


def _of_raw(basis: Basis) -> str:
    """Return what is wrong with prices that came as raw, why, and what to do; an empty text if nothing is."""
    why = "; ".join(basis.evidence)
    moved = basis.amounts in {"forward", "backward", "adjusted"}
    if basis.gaps == "inverted":
        return f"adj_factor looks inverted ({why}): give 1 / adj_factor, which grows at a dividend or split"
    if basis.gaps == "raw":
        return f"prices are raw, but volume looks adjusted ({why}): give raw shares" if moved else ""
    kind = basis.amounts if basis.amounts in {"forward", "backward"} else "forward or backward"
    if moved:
        return f"prices look {kind}-adjusted ({why}), but volume is raw: set source.prices={kind}, or give raw prices"
    if basis.gaps == "adjusted":
        remedy = f"leave adj_factor out, set source.prices={kind}, or give raw prices"
        words = "prices look adjusted already, or adj_factor moves on other days than they do"
        return f"{words} ({why}): {remedy}"
    return ""


def _of_recovered(basis: Basis, prices: Prices) -> str:
    """Return what is wrong with prices that were adjusted and should be raw by now."""
    if basis.gaps in {"raw", "unknown"} and basis.amounts in {"raw", "unknown"}:
        return ""
    why = "; ".join(basis.evidence)
    remedy = "check source.prices, adj_factor, and that volume is in raw shares"
    return f"prices that came as source.prices={prices} are not raw without adj_factor ({why}): {remedy}"
