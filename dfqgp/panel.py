"""Panel: a daily market as dates x assets matrices, with the masks, groups and size that scoring needs.

Every matrix is C-ordered with one row per trading day. Numbers are float32 with NaN for missing and never infinite;
masks are bool; groups are int16 codes with -1 for unknown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from dfqgp.errors import PanelError, UnknownFieldError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FloatMatrix = NDArray[np.float32]
GroupMatrix = NDArray[np.int16]
BoolMatrix = NDArray[np.bool_]

UNKNOWN_GROUP = -1

Quality: TypeAlias = Literal["refuse", "report", "off"] | Mapping[str, float | None]
"""What ``Panel.from_frame`` does about findings: one way for all of them, or limits by name."""

V = TypeVar("V")


class ArrowTable(Protocol):
    """A table that other libraries can read by the Arrow PyCapsule interface: pandas, polars, pyarrow and more."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a capsule with the table's columns."""


@dataclass(frozen=True, eq=False, repr=False)
class Panel:
    """Dates x assets matrices of one market.

    Parameters
    ----------
    dates : ndarray of datetime64[D], shape (T,)
        Trading days, strictly increasing.
    codes : ndarray of str, shape (N,)
        Asset codes, sorted and distinct.
    fields : mapping of str to (T, N) float32
        Features by name; NaN is missing, infinities are refused.
    units : mapping of str to str
        Unit name of every field (``price``, ``shares``, ``currency``, ``ratio``, ``count``).
    groups : mapping of str to (T, N) int16
        Group codes as known on the day; -1 is unknown.
    universe : (T, N) bool
        Member of the universe as known on the day, listed long enough, not ST, not suspended.
    buyable : (T, N) bool
        An order to buy at the day's entry price can be filled: trading, and not opened at the upper limit.
    sellable : (T, N) bool, optional, by keyword
        An order to sell at the day's price can be filled: trading, and not opened at the lower limit. None is no rule:
        a stock can be sold wherever it has a price.
    size : (T, N) float32, optional
        Log market capitalisation; None leaves size out of the neutralisation.
    group_names : mapping of str to tuple of str, optional
        Name of each group code.
    origin : int
        Ordinal of the first row in the trading calendar. What restarts in time aligns to ``origin + row``.

    Raises
    ------
    PanelError
        If axes are unsorted or a matrix has another shape, dtype or an infinite value.
    """

    dates: NDArray[np.datetime64]
    codes: NDArray[np.str_]
    fields: Mapping[str, FloatMatrix]
    units: Mapping[str, str]
    groups: Mapping[str, GroupMatrix]
    universe: BoolMatrix
    buyable: BoolMatrix
    sellable: BoolMatrix | None = field(default=None, kw_only=True)
    size: FloatMatrix | None = None
    group_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    origin: int = 0

    _frame_builder: ClassVar[Callable[..., Panel] | None] = None

    def __post_init__(self) -> None:
        _check_axis("dates", self.dates, np.dtype("datetime64[D]").kind)
        _check_axis("codes", self.codes, "U")
        for name, matrix in self.fields.items():
            _check_matrix(f"field '{name}'", matrix, np.dtype(np.float32), self.shape)
            if name not in self.units:
                raise PanelError(
                    what=f"unit of field '{name}'",
                    got="missing",
                    expected="a unit name",
                    remedy="add it to units",
                )
        for name, codes in self.groups.items():
            _check_matrix(f"group '{name}'", codes, np.dtype(np.int16), self.shape)
        for name, mask in (("universe", self.universe), ("buyable", self.buyable), ("sellable", self.sellable)):
            if mask is not None:
                _check_matrix(name, mask, np.dtype(np.bool_), self.shape)
        if self.size is not None:
            _check_matrix("size", self.size, np.dtype(np.float32), self.shape)

    def __repr__(self) -> str:
        rows, columns = self.shape
        span = f"{self.dates[0]} to {self.dates[-1]}" if rows else "no dates"
        share = f"{self.universe.mean():.0%} in the universe" if rows and columns else "no cells"
        held = f"{len(self.fields)} fields, {len(self.groups)} groups"
        return f"Panel({rows} dates, {span}; {columns} assets, {share}; {held})"

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N): number of dates, number of assets."""
        return len(self.dates), len(self.codes)

    def field(self, name: str) -> FloatMatrix:
        """Return the (T, N) float32 matrix of a feature; raises UnknownFieldError with the nearest name."""
        return _lookup(self.fields, name, "field")

    def group(self, name: str) -> GroupMatrix:
        """Return the (T, N) int16 codes of a grouping; raises UnknownFieldError with the nearest name."""
        return _lookup(self.groups, name, "group")

    def rows(self, start: int, stop: int, *, copy: bool = False) -> Panel:
        """Return the panel of rows ``start`` to ``stop`` - 1, its origin moved along.

        Parameters
        ----------
        start, stop : int
            Row range, ``0 <= start < stop <= T``.
        copy : bool
            Own the memory, so that nothing outside the range stays reachable through the result.

        Raises
        ------
        PanelError
            If the range is empty or leaves the panel.
        """
        if not 0 <= start < stop <= self.shape[0]:
            raise PanelError(
                what="row range",
                got=f"{start}:{stop}",
                expected=f"a non-empty range inside 0:{self.shape[0]}",
                remedy="choose rows that the panel has",
            )

        def cut(matrix: NDArray[Any]) -> NDArray[Any]:
            part = matrix[start:stop]
            return np.array(part, order="C") if copy else part

        return replace(
            self,
            dates=cut(self.dates),
            fields={name: cut(matrix) for name, matrix in self.fields.items()},
            groups={name: cut(matrix) for name, matrix in self.groups.items()},
            universe=cut(self.universe),
            buyable=cut(self.buyable),
            sellable=None if self.sellable is None else cut(self.sellable),
            size=None if self.size is None else cut(self.size),
            origin=self.origin + start,
        )

    def fingerprint(self) -> str:
        """Return a 32-digit hex digest of axes, values, masks, units and origin: equal panels, equal digest."""
        digest = hashlib.blake2b(digest_size=16)
        for spec in fields(self):
            _feed(digest, spec.name, getattr(self, spec.name))
        return digest.hexdigest()

    @classmethod
    def from_frame(
        cls,
        frame: ArrowTable,
        *,
        features: Sequence[str] = (),
        units: Mapping[str, str] | None = None,
        layout: str = "none",
        timezone: str = "Asia/Shanghai",
        amount: Literal["typical", "without", "refuse"] = "typical",
        on_bad: Literal["refuse", "drop"] = "refuse",
        bad_limit: float = 0.001,
        prices: Literal["raw", "forward", "backward"] = "raw",
        calendar: NDArray[np.datetime64] | None = None,
        min_listed_days: int = 0,
        exclude_st: bool = True,
        quality: Quality = "refuse",
    ) -> Panel:
        """Build a panel from a long table, one row per (date, code).

        Parameters
        ----------
        frame : DataFrame of pandas, polars or narwhals, pyarrow table, reader or dataset, DuckDB relation
            Or any other object with ``__arrow_c_stream__``, in the form of docs/data_contract.md: ``date``, ``code``,
            ``open``, ``high``, ``low``, ``close``, ``volume`` and the optional columns, or in the form of ``layout``.
            The panel's prices are back-adjusted.
        features : sequence of str
            Further numeric columns that become features; the others are left out, with a log line.
        units : mapping of str to str, optional
            Units of columns in ``features`` (price, shares, currency, ratio, count); ratio by default.
        layout : {"none", "ashare_daily", "tushare", "baostock", "akshare", "joinquant"}
            Whose names and units the frame has, see docs/sources.md; none for those of docs/data_contract.md.
        timezone : str
            Time zone of the market. A time stamp with an offset is converted to it before its date is taken.
        amount : {"typical", "without", "refuse"}
            What to do without a column ``amount``: take (high + low + close) / 3 times the volume, go without amount
            and vwap, or refuse the table.
        on_bad : {"refuse", "drop"}
            What to do with rows that break a rule; dropped ones are counted and listed in the log.
        bad_limit : float
            With ``on_bad="drop"``: the share of rows that may be dropped; more refuse the table.
        prices : {"raw", "forward", "backward"}
            What the prices are: as traded, or adjusted with the last ones, or the first ones, as traded.
        calendar : ndarray of datetime64, optional
            Trading days that contain all dates of the table; by default the table's own dates.
        min_listed_days : int
            Trading days that must have passed since the listing. Mining asks for 60, see conf/universe.
        exclude_st : bool
            Leave stocks under special treatment out of the universe.
        quality : {"refuse", "report", "off"} or mapping of str to float or None
            What the data are measured for, see docs/quality.md: a finding above its limit is an error, or a log line;
            ``off`` measures nothing. A mapping sets limits by the findings' names, None for none.
            ``dfqgp.check_table`` returns the report.

        Returns
        -------
        Panel
            Sorted dates x sorted codes with every feature whose inputs are there.

        Raises
        ------
        DataContractError
            With counts and examples of every violation.
        DataQualityError
            With every finding above its limit.
        ConfigError
            If one of the choices is none of those above.
        SourceError
            If the layout needs a column that is not there.
        PanelError
            If the frame is no table.
        """
        if cls._frame_builder is None:
            raise PanelError(
                what="frame builder",
                got="not registered",
                expected="one",
                remedy="import dfqgp, which registers it",
            )
        return cls._frame_builder(
            frame,
            features=features,
            units=units,
            layout=layout,
            timezone=timezone,
            amount=amount,
            on_bad=on_bad,
            bad_limit=bad_limit,
            prices=prices,
            calendar=calendar,
            min_listed_days=min_listed_days,
            exclude_st=exclude_st,
            quality=quality,
        )

    @classmethod
    def register_frame_builder(cls, builder: Callable[..., Panel]) -> None:
        """Set what ``from_frame`` calls, so that this module imports nothing above it."""
        cls._frame_builder = staticmethod(builder)


def need_panel(given: object) -> None:
    """Raise PanelError for an argument that is no panel."""
    if not isinstance(given, Panel):
        got, remedy = f"a {type(given).__name__}", "make one of a long table with Panel.from_frame"
        raise PanelError(what="the argument", got=got, expected="a Panel", remedy=remedy)


def _lookup(table: Mapping[str, V], name: str, kind: str) -> V:
    try:
        return table[name]
    except KeyError:
        hint = nearest(name, table) or "."
        raise UnknownFieldError(kind=kind, name=name, nearest=hint, known=", ".join(sorted(table))) from None


def _check_axis(what: str, axis: NDArray[Any], kind: str) -> None:
    if axis.ndim != 1 or axis.dtype.kind != kind:
        raise PanelError(
            what=what,
            got=f"{axis.dtype} of shape {axis.shape}",
            expected=f"one dimension of kind '{kind}'",
            remedy="pass datetime64[D] dates and str codes",
        )
    bad = np.flatnonzero(axis[1:] <= axis[:-1])
    if bad.size:
        row = int(bad[0])
        raise PanelError(
            what=what,
            got=f"{axis[row]} followed by {axis[row + 1]} at index {row + 1}",
            expected="strictly increasing values",
            remedy="sort and drop duplicates",
        )


def _check_matrix(what: str, matrix: NDArray[Any], dtype: np.dtype[Any], shape: tuple[int, int]) -> None:
    if matrix.shape != shape or matrix.dtype != dtype or not matrix.flags.c_contiguous:
        order = "C" if matrix.flags.c_contiguous else "non-C"
        raise PanelError(
            what=what,
            got=f"{matrix.dtype} {matrix.shape} in {order} order",
            expected=f"{dtype} {shape} in C order",
            remedy="convert with numpy.ascontiguousarray",
        )
    if dtype.kind == "f" and np.isinf(matrix).any():
        date, asset = (int(i) for i in np.argwhere(np.isinf(matrix))[0])
        raise PanelError(
            what=what,
            got=f"infinite at row {date}, column {asset}",
            expected="finite or NaN",
            remedy="use NaN",
        )


def _feed(digest: hashlib.blake2b, name: str, value: object) -> None:
    digest.update(f"<{name}:{type(value).__name__}>".encode())
    if isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).view(np.uint8).data)
    elif isinstance(value, Mapping):
        for key in sorted(value):
            _feed(digest, str(key), value[key])
    else:
        digest.update(repr(value).encode())
