"""Laws of a kill: before whichever write it comes, the run that goes on ends with the same bytes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
KINDS = ("ic.npy", "duplicates.jsonl", "jsonl")
LIBRARY = ["out/libraries/run.json", "out/libraries/latest.json"]
FIRST, SECOND = ([f"out/candidates/run/r0{{0}}_g00{g}.{kind}" for kind in KINDS] for g in (0, 1))
ROUND = [*FIRST, "state/checkpoints/run.json", *SECOND, *LIBRARY, "state/checkpoints/run.json"]
# A round ends with the library; the end of the run writes it once more.
WRITES = ["out/candidates/run/days.npy", *(name.format(number) for number in (0, 1) for name in ROUND), *LIBRARY]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork to kill a process at a chosen write")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    root = tmp_path_factory.mktemp("killed")
    command = [sys.executable, str(HERE / "kill_at_each_write.py"), str(root)]
    path = [str(HERE.parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads((root / "undisturbed" / "out" / "libraries" / "latest.json").read_text())["members"]
    return json.loads(done.stdout.splitlines()[-1])


def test_the_ledger_is_written_before_the_checkpoint_and_the_library_between_them(outcomes):
    assert outcomes["names"] == WRITES


@pytest.mark.parametrize("n", range(len(WRITES)), ids=lambda n: f"{n}-{WRITES[n]}")
def test_a_kill_before_a_write_changes_no_byte(outcomes, n):
    outcome = outcomes["found"][n]
    assert outcome["killed"]
    assert outcome["left"] == sorted({Path(name).name for name in WRITES[:n] if name.startswith("out/")})
    assert outcome["same"]
