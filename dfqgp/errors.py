"""Every exception of the package, its message template beside it.

A message names what came, what was expected, where, and what to do. Raise with keyword arguments only: they fill the
template and stay readable on the instance as ``details``.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest known name, or an empty string.

    ``cutoff`` is the least similarity, 0 for any name to 1 for the same name.

    Examples
    --------
    >>> nearest("ts_maen", ["ts_mean", "ts_std"])
    "; did you mean 'ts_mean'?"
    >>> nearest("zzz", ["ts_mean"])
    ''
    """
    hits = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f"; did you mean '{hits[0]}'?" if hits else ""


class DfqgpError(Exception):
    """Base of every error that the package raises on purpose."""

    template: ClassVar[str] = "{message}"
    longest: ClassVar[int | None] = None
    """Most characters that the message shows of a detail, whose middle is left out; None for all."""

    def __init__(self, **details: object) -> None:
        self.details = details
        shown = details if self.longest is None else {key: _cut(each, self.longest) for key, each in details.items()}
        super().__init__(self.template.format(**shown))

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between worker processes with the keyword arguments."""
        return _rebuild, (type(self), self.details)


def _cut(value: object, longest: int) -> str:
    text = str(value)
    half = (longest - 3) // 2
    return text if len(text) <= longest else f"{text[:half]}...{text[-half:]}"


def _rebuild(cls: type[DfqgpError], details: dict[str, object]) -> DfqgpError:
    return cls(**details)


# ---------------------------------------------------------------- records


class RecordError(DfqgpError, ValueError):
    """Values that a record cannot hold."""

    template = "{key}: got {got}, expected {expected}{hint}"

    @classmethod
    def of(cls, violations: Sequence[Mapping[str, object]]) -> RecordError:
        """Return the error of the first violation, which names the further ones after it."""
        first, *others = violations
        further = "".join(f"; {RecordError.template.format(**each)}" for each in others)
        return cls(**{**first, "hint": f"{first['hint']}{further}"})


class ConfigError(RecordError):
    """A configuration value that cannot be meant."""

    template = f"config {RecordError.template}"


# ---------------------------------------------------------------- panels


class PanelError(DfqgpError, ValueError):
    """A panel's parts do not fit together."""

    template = "panel: {what} is {got}, expected {expected}; {remedy}"


class UnknownFieldError(DfqgpError, KeyError):
    """A field that the panel does not hold."""

    template = "panel has no {kind} '{name}'{nearest} It has: {known}"

    def __str__(self) -> str:
        return str(self.args[0])


# ---------------------------------------------------------------- operators and expressions


class OperatorError(DfqgpError, ValueError):
    """A declaration that the registry refuses."""

    template = "operator '{name}' cannot be registered: {reason} (input: {given}; result: {result})"


class ExpressionError(DfqgpError, ValueError):
    """A text that is not an expression; the position is 1-based."""

    longest = 300
    template = "expression, position {position}: {received}; expected {expected}{nearest}\n  {text}\n  {caret}"


class UnitError(DfqgpError, ValueError):
    """Units that do not agree."""

    longest = 300
    template = (
        "expression '{text}': {operator} got {received}, expected {expected}; {repair}, "
        "or turn the unit check off with typed=False"
    )


class WriteError(DfqgpError, NotImplementedError):
    """A tree that a dialect cannot write with the same meaning."""

    template = (
        "dialect={dialect}: {operator} cannot be written: {reason}; in '{text}'. Leave it out, or choose another "
        "dialect (docs/writing_code.md lists what each can say)"
    )


# ---------------------------------------------------------------- engine and backends


class BackendError(DfqgpError, RuntimeError):
    """A backend that cannot be used here."""

    template = "backend={name}: {missing}; {remedy}"


class KernelMissingError(DfqgpError, NotImplementedError):
    """Operators that the chosen backend has no kernel for."""

    template = (
        "backend={backend}: no kernel for operator {operators}; say how to compute it by a form in its declaration "
        "(docs/adding_an_operator.md), or set backend.strict=false to compute it by its definition, slowly"
    )


class BudgetError(DfqgpError, MemoryError):
    """The memory of a session is too small for even one expression."""

    template = "engine.budget: {available} fit, but {what} needs {needed}; set engine.budget to at least {bytes} bytes"


class DeviceMemoryError(DfqgpError, MemoryError):
    """A device that has less memory left than the session was opened for; the engine goes on with fewer slots."""

    template = (
        "backend={backend}: {needed} bytes for {what} do not fit the device, which has {free} bytes free; set "
        "engine.budget lower, or end other programs that use the device"
    )


# ---------------------------------------------------------------- data, store, configuration, runs


class DataContractError(DfqgpError, ValueError):
    """A long table that breaks the data contract; ``report`` lists each violation with counts and examples."""

    template = "{where}: the table breaks the data contract ({count} kinds of violation):\n{report}"


class DataQualityError(DfqgpError, ValueError):
    """Data that keep the contract and cannot be right; ``report`` lists each finding above its limit, with examples."""

    template = (
        "{where}: the data are refused ({count} findings above their limit):\n{report}\n"
        "docs/quality.md explains each finding, dfqgp.check shows all of them; quality.action=report (of from_frame: "
        "quality='report') accepts the data as they are"
    )


class FeatureError(DfqgpError, ValueError):
    """A feature that cannot be declared or built."""

    template = "feature '{name}': {problem}; {remedy}"


class SourceError(DfqgpError, ValueError):
    """A source that cannot deliver a table."""

    template = "source {name}: {problem}; expected {expected}; {remedy}"


class StoreError(DfqgpError, RuntimeError):
    """A lake on disk that is damaged or cannot be written."""

    template = "store {path}: {problem}; {remedy}"


class CheckpointError(DfqgpError, RuntimeError):
    """A checkpoint that does not belong to this run."""

    template = "checkpoint {path}: {problem}; {remedy}"


class SampleError(DfqgpError, ValueError):
    """A market without a single day on which a factor could be scored."""

    template = (
        "{segment}: {shortage}; look at the columns that these come from (in_universe, industry, mktcap, prices), at "
        "universe.min_listed_days and label, or set fitness.min_assets lower"
    )


class SearchError(DfqgpError, ValueError):
    """Scores that do not belong to the trees that the search asked."""

    template = "search: {what} is {got}, expected {expected}; {remedy}"


class LibraryError(RecordError):
    """Facts about a factor that the library cannot take."""

    template = f"library {RecordError.template}"


class CacheError(RecordError):
    """Settings, costs or plans of the cache that cannot be meant."""

    template = f"cache {RecordError.template}"


class SnapshotError(DfqgpError, ValueError):
    """A snapshot of a library that cannot be written or read."""

    template = "snapshot {path}: {problem}; {remedy}"
