"""A run that is killed again and again ends with the same library, byte for byte."""

import random
import subprocess
import sys
import time

import pytest

KILLS = 10
# Small enough to start and to do a generation in seconds, long enough to be killed ten times on the way.
RUN = [
    "source.assets=60", "source.days=320", "gp.population=40", "gp.generations=6", "gp.rounds=3", "gp.elites=4",
    "fitness.min_assets=10",
]  # fmt: skip


def start(folder, *more):
    paths = [f"paths.{name}={folder / name}" for name in ("out", "state", "data")]
    command = [sys.executable, "-m", "dfqgp.mine", *RUN, *paths, *more]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(folder, *more):
    process = start(folder, *more)
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert out.strip().splitlines()[-1] == str(folder / "out" / "libraries" / "latest.json")
    files = [path for room in ("libraries", "candidates") for path in (folder / "out" / room).rglob("*.json*")]
    return {path.name: path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    files = finish(tmp_path_factory.mktemp("undisturbed"), "backend.threads=1")
    assert b'"members": [\n' in files["latest.json"]
    started = time.monotonic()  # now that the kernels are compiled
    assert finish(tmp_path_factory.mktemp("again"), "backend.threads=1") == files
    return files, time.monotonic() - started


def test_sigkill_at_ten_random_moments_changes_no_byte(undisturbed, tmp_path):
    files, seconds = undisturbed
    moments = random.Random(0)  # noqa: S311
    killed = 0
    while killed < KILLS:
        process = start(tmp_path)
        delay = moments.uniform(0.2, 0.7) * seconds  # from the first import to some generations on
        try:
            process.wait(timeout=delay)
            break  # finished before it could be killed
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
        finally:
            process.stdout.close()
            process.stderr.close()
    assert finish(tmp_path) == files
    assert killed >= 3, "too fast to be killed: make the run longer"


def test_two_threads_give_the_bytes_of_one(undisturbed, tmp_path):
    assert finish(tmp_path, "backend.threads=2", "engine.budget=3000000") == undisturbed[0]


def test_the_same_command_again_shows_the_finished_library(tmp_path):
    first = finish(tmp_path)
    stamp = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "candidates").rglob("*.jsonl")}
    assert finish(tmp_path) == first
    assert stamp == {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "candidates").rglob("*.jsonl")}
