"""Mine a tiny market, killed before each file that a run puts in place; print what came of it as JSON.

A child process kills itself at the chosen write, so that no clock decides where. Then the run goes on to its end.
"""

import json
import os
import signal
import sys
from pathlib import Path

from runs import config, files, labels_of, market

from dfqgp.backends import BackendSettings
from dfqgp.fitness import FitnessSettings
from dfqgp.gp import GpSettings
from dfqgp.library import LibrarySettings
from dfqgp.mining.loop import mine

PANEL, SEGMENTS = market(50, 12)
TINY = {
    "backend": BackendSettings(name="reference"),  # nothing to compile, and no threads beside a fork
    "fitness": FitnessSettings(min_assets=5),
    "gp": GpSettings(population=6, generations=2, rounds=2, elites=2, max_depth=3, max_size=6, windows=(3, 5)),
    "library": LibrarySettings(min_score=0.0, candidates=3),
}
RENAME = os.replace


def run(folder, before_rename):
    """Mine to the end, calling back before a written file gets its name."""

    def replace(source, target):
        if not Path(target).name.startswith("."):  # the lock's note of its owner
            before_rename(target)
        RENAME(source, target)

    os.replace = replace
    mine(PANEL, labels_of(PANEL), config(folder, SEGMENTS, **TINY))


def kill_before(folder, n):
    """Mine in a child that SIGKILL ends before its n-th write; return whether it did."""
    child = os.fork()
    if child == 0:
        written = []

        def stop(target):
            if len(written) == n:
                os.kill(os.getpid(), signal.SIGKILL)
            written.append(target)

        run(folder, stop)
        os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def main(root):
    whole = root / "undisturbed"
    names, found = [], []
    run(whole, lambda target: names.append(Path(target).relative_to(whole).as_posix()))
    for n in range(len(names)):
        killed = kill_before(root / str(n), n)
        left = sorted(files(root / str(n)))
        run(root / str(n), lambda _: None)
        found.append({"killed": killed, "left": left, "same": files(root / str(n)) == files(whole)})
    print(json.dumps({"names": names, "found": found}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
