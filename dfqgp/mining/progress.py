"""Progress of a run: a bar on a terminal, one log record per generation everywhere."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from dfqgp.mining.logs import CONSOLE, PROGRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from rich.console import Console

logger = logging.getLogger(PROGRESS)


@dataclass(frozen=True)
class Pace:
    """How fast a run goes.

    Parameters
    ----------
    per_second : float
        Distinct formulas tried per second since the start of this process.
    seconds_left : float
        Until the last generation ends, if the generations to come take as long as those so far.
    """

    per_second: float
    seconds_left: float


def pace(*, seconds: float, tried: int, done: int, left: int) -> Pace:
    """Return the pace after ``done`` generations and ``tried`` formulas in ``seconds``, with ``left`` to come.

    Examples
    --------
    >>> pace(seconds=20.0, tried=600, done=2, left=3)
    Pace(per_second=30.0, seconds_left=30.0)
    """
    return Pace(tried / seconds if seconds > 0 else 0.0, seconds / done * left)


class Progress:
    """Shows generation, best score, distinct formulas tried, formulas per second and the time left.

    Parameters
    ----------
    rounds, generations : int
        Of the whole run.
    finished : int
        Generations done before this process, by the run that it resumes.
    tried : int
        Distinct formulas tried before this process.
    console : Console
        Where the bar is drawn if it is a terminal.
    clock : callable
        Seconds, from any start.
    """

    def __init__(
        self,
        *,
        rounds: int,
        generations: int,
        finished: int = 0,
        tried: int = 0,
        console: Console = CONSOLE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total = rounds * generations
        self._finished_before, self._tried_before = finished, tried
        self._finished = finished
        self._clock = clock
        self._start = clock()
        self._bar = Bar(
            TextColumn("round {task.fields[round]} generation {task.fields[generation]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("best {task.fields[best]:.4f}  {task.fields[tried]} tried  {task.fields[rate]:.1f}/s"),
            TextColumn("{task.fields[left]} left"),
            console=console,
            disable=not (console.is_terminal or console.is_jupyter),
        )
        start: dict[str, Any] = {"round": "-", "generation": "-", "best": math.nan, "rate": 0.0, "left": "?"}
        self._task = self._bar.add_task("mine", total=self._total, completed=finished, tried=tried, **start)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def generation_done(
        self,
        *,
        round: int,  # noqa: A002
        generation: int,
        best: float,
        tried: int,
        engine: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """Show a finished generation.

        Parameters
        ----------
        round, generation : int
            Which one, from 0.
        best : float
            Best score so far in this round; NaN before there is one.
        tried : int
            Distinct formulas that the run tried so far, also before this process.
        engine : mapping of str to float
            What the engine computed for it and what it reused (``Counts.figures``): in the record, not in its text.
        """
        self._finished += 1
        done, left = self._finished - self._finished_before, max(self._total - self._finished, 0)
        now = pace(seconds=self._clock() - self._start, tried=tried - self._tried_before, done=done, left=left)
        shown: dict[str, Any] = {"round": round, "generation": generation, "best": best, "rate": now.per_second}
        self._bar.update(self._task, completed=self._finished, left=clock_text(now.seconds_left), tried=tried, **shown)
        logger.info(
            "generation %d of %d: best %.4f, %d formulas tried, %.1f a second, %s left",
            self._finished, self._total, best, tried, now.per_second, clock_text(now.seconds_left),
            extra={"best": best, "tried": tried, "per_second": now.per_second, "engine": dict(engine)},
        )  # fmt: skip


def clock_text(seconds: float) -> str:
    """Return a span of time for people.

    Examples
    --------
    >>> clock_text(59.6), clock_text(3725)
    ('1:00', '1:02:05')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
