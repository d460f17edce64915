"""Logs of a run: each record carries run, round and generation, as JSON lines in a file and as text on stderr."""

from __future__ import annotations

import datetime as dt
import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.logging import RichHandler

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = "dfqgp"
PROGRESS = f"{PACKAGE}.mining.progress"
"""Logger whose records a terminal does not get, since it shows them as a bar."""

CONSOLE = Console(stderr=True)
"""Where people read logs and progress; one console, so that a bar and lines don't overwrite each other."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "run", "round", "generation", "place"}


class Binding(logging.Filter):
    """Puts run, round and generation on every record that passes, whichever thread or module it comes from.

    Parameters
    ----------
    run : str
        The run's id.
    """

    def __init__(self, run: str) -> None:
        super().__init__()
        self.run = run
        self.round: int | None = None
        self.generation: int | None = None

    def bind(self, *, round: int | None = None, generation: int | None = None) -> None:  # noqa: A002
        """Set where the run stands from now on; None is between rounds or generations."""
        self.round, self.generation = round, generation

    def filter(self, record: logging.LogRecord) -> bool:
        """Mark the record and let it pass."""
        record.run, record.round, record.generation = self.run, self.round, self.generation
        parts = ((" r", self.round), (" g", self.generation))
        record.place = self.run + "".join(f"{letter}{at}" for letter, at in parts if at is not None)
        return True


class JsonLines(logging.Formatter):
    """One JSON object a record: time (UTC), level, logger, run, round, generation, message, and what ``extra`` held."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        plain: dict[str, object] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        plain |= {name: getattr(record, name, None) for name in ("run", "round", "generation")}
        plain["message"] = record.getMessage()
        plain |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            plain["error"] = self.formatException(record.exc_info)
        return json.dumps(plain, ensure_ascii=False, default=str)


@contextmanager
def open_logs(folder: Path, run_id: str, level: int = logging.INFO) -> Iterator[Binding]:
    """Send the package's records to ``folder/<run_id>.jsonl`` and to stderr while the context lasts.

    Parameters
    ----------
    folder : Path
        Made if it is absent; a resumed run appends to its file.
    run_id : str
        Names the file and stands on every record.
    level : int
        Records below it are dropped.

    Yields
    ------
    Binding
        To be told of each round and generation.
    """
    folder.mkdir(parents=True, exist_ok=True)
    binding = Binding(run_id)
    file = logging.FileHandler(folder / f"{run_id}.jsonl", encoding="utf-8")
    file.setFormatter(JsonLines())
    handlers = (file, _for_people())
    logger = logging.getLogger(PACKAGE)
    before = logger.level
    logger.setLevel(level)
    for handler in handlers:
        handler.addFilter(binding)
        logger.addHandler(handler)
    try:
        yield binding
    finally:
        logger.setLevel(before)
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()


def _for_people() -> logging.Handler:
    if CONSOLE.is_terminal:
        rich = RichHandler(console=CONSOLE, show_path=False, omit_repeated_times=False)
        rich.setFormatter(logging.Formatter("%(message)s"))
        rich.addFilter(lambda record: record.name != PROGRESS)
        return rich
    plain = logging.StreamHandler()
    plain.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(place)s %(message)s", datefmt="%H:%M:%S"))
    return plain
