"""A search over a panel in memory, by the loop of the command line."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dfqgp.api.library import FactorLibrary
from dfqgp.config import Config, run_semantics
from dfqgp.dataset import Dataset
from dfqgp.errors import ConfigError
from dfqgp.market import split
from dfqgp.mining.loop import Run, drive
from dfqgp.panel import Panel, need_panel
from dfqgp.records import build, plain

_NOT_HERE = {
    "source": "the panel is given",
    "universe": "the panel is given",
    "intraday": "the panel is given, see dfqgp.with_intraday",
    "paths": "set folder=",
    "quality": "the panel is given",
    "operators": "use @dfqgp.operator",
}


def search(panel: Panel, *, folder: str | Path | None = None, **settings: Any) -> FactorLibrary:  # noqa: ANN401
    """Search a panel for factors.

    The rows after the validation are the sealed holdout: the search gets a copy of the rows before it. There is always
    a holdout. ``segments={"train": 0.7, "valid": 0.2, "holdout": 0.1}`` makes it smaller; it keeps at least
    ``segments.min_scored_days`` rows and those that a label reads after its day (horizon + 1 + delay by default).

    Parameters
    ----------
    panel : Panel
        T dates, N assets.
    folder : str or Path, optional
        Keeps ledger, checkpoints and libraries there, and a call with the same panel and settings goes on where an
        earlier one stopped. Without one nothing is kept.
    **settings
        Sections of the configuration, as ``conf/`` explains them: ``gp={"population": 500, "rounds": 1}``,
        ``label={"horizon": 10, "exit": "naive"}``, ``fitness``, ``library``, ``segments``, ``engine``, ``backend`` (a
        name is enough), and ``seed``. A section is a mapping of its keys, or its record, such as
        ``GpSettings(population=500)``.

    Returns
    -------
    FactorLibrary
        After Ctrl-C, what there is: the members of finished rounds, and the best of the round under way that the
        library admits; ``complete`` is False then.

    Raises
    ------
    ConfigError
        For an unknown section or key, or a value that cannot be.
    PanelError
        If the first argument is no panel.

    Examples
    --------
    >>> import dfqgp as dq
    >>> from dfqgp.sources import SyntheticSettings, open_source
    >>> panel = dq.Panel.from_frame(open_source(SyntheticSettings(assets=40, days=240)).load().frame)
    >>> small = {"population": 10, "generations": 1, "rounds": 1, "elites": 2, "max_depth": 3}
    >>> library = dq.search(panel, gp=small, backend="reference", library={"min_score": 0.0})
    >>> library.complete, len(library) <= 10, "train_icir" in library.to_frame()
    (True, True, True)
    """
    need_panel(panel)
    config = _config(settings)
    segments = split(panel.dates, config.segments, config.label.reach)
    seen = panel.rows(0, segments.search_stop, copy=True)
    data = Dataset(seen, segments, config.label, panel.fingerprint())
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()) if folder is None else folder)
        kept = None if folder is None else place / "data"
        run = Run(seen, data.labels, config.for_run(data, run_semantics(), place / "out", place / "state", kept))
        try:
            drive(run)
        except KeyboardInterrupt:
            run.admit_best()
            return FactorLibrary(run.as_snapshot(run.round))
        run.snapshot(config.gp.rounds)
        return FactorLibrary(run.as_snapshot(config.gp.rounds))


def _config(settings: dict[str, Any]) -> Config:
    """Check the sections by the records of the configuration."""
    for name, reason in _NOT_HERE.items():
        if name in settings:
            raise ConfigError(key=name, got="a section", expected=f"none here: {reason}", hint="")
    _refuse_misplaced(settings)
    backend = settings.get("backend")
    given = settings | ({"backend": {"name": backend}} if isinstance(backend, str) else {})
    return build(Config, {name: _as_plain(value, name) for name, value in given.items()}, error=ConfigError)


def _refuse_misplaced(settings: Mapping[str, object]) -> None:
    """Name the section of a key that stands beside the sections."""
    sections = {each.name: getattr(Config(), each.name) for each in fields(Config)}
    keys = {name: [each.name for each in fields(part)] for name, part in sections.items() if is_dataclass(part)}
    for name in (each for each in settings if each not in sections):
        if owners := [section for section in keys if name in keys[section] and section not in _NOT_HERE]:
            hint = "".join(f"; set {section}={{'{name}': ...}}" for section in owners)
            raise ConfigError(key=name, got="a key beside the sections", expected="it in its section", hint=hint)


def _as_plain(value: object, key: str) -> object:
    """Turn records, and numbers and arrays of NumPy, into the plain values that the configuration is made of."""
    if isinstance(value, Mapping):
        return {name: _as_plain(part, f"{key}.{name}") for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_as_plain(part, f"{key}[{place}]") for place, part in enumerate(value)]
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if is_dataclass(value) and not isinstance(value, type):
        return plain(value)
    if not isinstance(value, str | int | float | None):
        expected = "text, a number, a list or a section of keys"
        raise ConfigError(key=key, got=f"a {type(value).__name__}", expected=expected, hint="")
    return value
