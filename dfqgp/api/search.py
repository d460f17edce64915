"""A search over a panel in memory, by the loop of the command line."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dfqgp.api.library import FactorLibrary
from dfqgp.config import Config
from dfqgp.dataset import Dataset
from dfqgp.errors import ConfigError
from dfqgp.market import split
from dfqgp.mining.loop import Run, drive
from dfqgp.mining.settings import MiningConfig
from dfqgp.ops import user_operators
from dfqgp.records import build
from dfqgp.store.keys import digest_of, semantics_digest

if TYPE_CHECKING:
    from dfqgp.panel import Panel

_NOT_HERE = {
    "source": "the panel is given",
    "universe": "the panel is given",
    "paths": "set folder=",
    "operators": "use @dfqgp.operator",
}


def search(panel: Panel, *, folder: str | Path | None = None, **settings: Any) -> FactorLibrary:  # noqa: ANN401
    """Search a panel for factors.

    The rows after the validation are the sealed holdout: the search gets a copy of the rows before it. To use every
    row, set ``segments={"train": 0.8, "valid": 0.2, "holdout": 0.0}``.

    Parameters
    ----------
    panel : Panel
        T dates, N assets.
    folder : str or Path, optional
        Keeps ledger, checkpoints and libraries there, and a call with the same panel and settings goes on where an
        earlier one stopped. Without one nothing is kept.
    **settings
        Sections of the configuration, as ``conf/`` explains them: ``gp={"population": 500, "rounds": 1}``,
        ``label={"horizon": 10}``, ``fitness``, ``library``, ``segments``, ``engine``, ``backend`` (a name is enough),
        and ``seed``.

    Returns
    -------
    FactorLibrary
        After Ctrl-C, what there is: the members of finished rounds, and the best of the round under way that the
        library admits; ``complete`` is False then.

    Raises
    ------
    ConfigError
        For an unknown section or key, or a value that cannot be.

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
    config = _config(settings)
    segments = split(panel.dates, config.segments, config.label.horizon)
    seen = panel.rows(0, segments.search_stop, copy=True)
    data = Dataset(seen, segments, config.label, panel.fingerprint())
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()) if folder is None else folder)
        run = Run(seen, data.labels, _mining(config, data, place))
        try:
            drive(run)
        except KeyboardInterrupt:
            run.admit_best()
            return FactorLibrary(run.as_snapshot(run.round), complete=False)
        run.snapshot(config.gp.rounds)
        return FactorLibrary(run.as_snapshot(config.gp.rounds))


def _config(settings: dict[str, Any]) -> Config:
    """Check the sections by the records of the configuration."""
    for name, reason in _NOT_HERE.items():
        if name in settings:
            raise ConfigError(key=name, got="a section", expected=f"none here: {reason}", hint="")
    backend = settings.get("backend")
    given = settings | ({"backend": {"name": backend}} if isinstance(backend, str) else {})
    return build(Config, given, error=ConfigError)


def _mining(config: Config, data: Dataset, folder: Path) -> MiningConfig:
    semantics = digest_of([semantics_digest(), user_operators()])
    return MiningConfig(
        label=config.label,
        segments=data.segments,
        backend=config.backend,
        engine=config.engine,
        fitness=config.fitness,
        gp=config.gp,
        library=config.library,
        seed=config.seed,
        run_id=config.run_id(data.fingerprint, semantics),
        out=folder / "out",
        state=folder / "state",
        data_fingerprint=data.fingerprint,
        semantics=semantics,
        config_dict=config.identity(),
    )
