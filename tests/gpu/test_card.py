"""What only a card can show: a run beside the CPU's, two processes at once, and what compute-sanitizer finds."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from runs import config, labels_of, market

from dfqgp.backends import BackendSettings
from dfqgp.gp import GpSettings
from dfqgp.mining import loop

pytestmark = [pytest.mark.gpu, pytest.mark.card]

TESTS = Path(__file__).resolve().parents[1]

SCRIPT = """
import hashlib
import numpy as np
from panels import random_panel, random_trees
from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.fitness import FitnessSettings, make_target
panel = random_panel(500, 300)
target = make_target(panel, panel.field("returns"), range(100, 490), FitnessSettings(), horizon=5)
engine = Engine(panel, open_backend(BackendSettings(name="gpu")), targets=[target])
digest = hashlib.sha256()
for seed in range(5):
    scores = engine.score(random_trees(panel, 100, seed=seed))[0]
    digest.update(scores.ic.tobytes() + scores.turnover.tobytes())
print(digest.hexdigest())
"""


def mine(folder, name):
    """Mine with default-like settings on a middling panel; return the library's members."""
    panel, segments = market(600, 200)
    bounds = GpSettings(population=200, generations=3, rounds=1)
    settings = config(folder, segments, gp=bounds, backend=BackendSettings(name=name))
    return json.loads(loop.mine(panel, labels_of(panel), settings).read_text(encoding="utf-8"))["members"]


def test_a_run_gives_the_cpus_library(tmp_path):
    found, expected = mine(tmp_path / "gpu", "gpu"), mine(tmp_path / "cpu", "cpu")
    assert [each["expression"] for each in found] == [each["expression"] for each in expected]
    for one, other in zip(found, expected, strict=True):
        assert one["train"] == pytest.approx(other["train"], rel=1e-5, abs=1e-7, nan_ok=True)


def test_two_processes_share_a_card_and_score_alike():
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    started = [
        subprocess.Popen([sys.executable, "-c", SCRIPT], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    digests = {process.communicate(timeout=500)[0].strip() for process in started}
    assert all(process.returncode == 0 for process in started)
    assert len(digests) == 1


@pytest.mark.parametrize("tool", ["memcheck", "racecheck", "synccheck", "initcheck"])
def test_compute_sanitizer_finds_nothing(tool):
    """Every kernel, on hard inputs, under the sanitizer; it comes with the CUDA toolkit."""
    sanitizer = shutil.which("compute-sanitizer")
    if sanitizer is None:
        pytest.skip("compute-sanitizer is not on PATH: it comes with the CUDA toolkit")
    cases = ["test_matches_reference_on_hard_inputs", "test_scores_and_ranks_of_a_population"]
    command = [sanitizer, "--tool", tool, "--error-exitcode", "9", "--target-processes", "all", sys.executable]
    pytest_run = ["-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", " or ".join(cases), "-m", "gpu"]
    done = subprocess.run(
        [*command, *pytest_run, str(TESTS)], capture_output=True, text=True, timeout=3000, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
