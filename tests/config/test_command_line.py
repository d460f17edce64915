"""Laws of the command line: what it prints, where it ends, and what it leaves behind."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import dfqgp.mine
from dfqgp.config import load
from dfqgp.mine import run

TINY = [
    "source.assets=40",
    "source.days=200",
    "gp.population=12",
    "gp.elites=2",
    "gp.generations=1",
    "gp.rounds=1",
    "backend=reference",  # compiles nothing: what is looked at is the command line
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working directory, and a command line of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["dfqgp-mine"])
    return tmp_path


def command(arguments, folder):
    return subprocess.run(
        [sys.executable, "-m", "dfqgp.mine", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["gp.population=abc"], "dfqgp: config gp.population: got 'abc', expected a valid integer\n"),
        (["-m", "seed=1,2", "gp.population=100,1"], "dfqgp: config gp.population: got 1, expected a number greater"),
        (["source=files"], "dfqgp: config source.path: got '', expected a file"),
        (["+backend=tpu"], "dfqgp: config backend: got 'tpu', expected one of cpu, gpu, reference"),
    ],
)
def test_bad_settings_end_in_one_line_before_anything_is_made(arguments, line, here, capsys):
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith(line)
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("argument", ["+backend=gpu", "backend=gpu"])
def test_a_gpu_that_cannot_be_used_ends_in_one_line_with_a_remedy(argument, here, capsys):
    assert run([argument]) == 2
    err = capsys.readouterr().err
    assert err.startswith("dfqgp: backend=gpu: ")
    assert "backend=cpu" in err
    assert err.count("\n") == 1
    assert list(here.iterdir()) == []


@pytest.mark.usefixtures("here")
def test_a_job_that_finds_no_data_ends_in_one_line(capsys):
    with pytest.raises(SystemExit) as ended:
        run(["source=files", "source.path=absent.parquet"])
    err = capsys.readouterr().err
    assert ended.value.code == 2
    assert err.startswith("dfqgp: source files: nothing at 'absent.parquet'")
    assert err.count("\n") == 1


MAPS = ["source.columns.industry=sector", "source.scales.volume=100", "source.units.pe=count"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("maps", [MAPS, ["source.columns={industry:sector,close:last}"], ["+source.units.pe=count"]])
def test_names_of_columns_reach_the_job_as_they_reach_the_check(maps, monkeypatch):
    jobs = []
    monkeypatch.setattr(dfqgp.mine, "mine_one", jobs.append)
    overrides = ["source=files", "source.path=prices.csv", *maps]
    assert run(overrides) == 0
    assert jobs == [load(overrides)]
    assert jobs[0].source.columns | jobs[0].source.scales | jobs[0].source.units


@pytest.mark.usefixtures("here")
def test_names_of_columns_may_be_swept(monkeypatch):
    jobs = []
    monkeypatch.setattr(dfqgp.mine, "mine_one", jobs.append)
    assert run(["-m", "source=files", "source.path=prices.csv", "source.columns.industry=sector,branch"]) == 0
    assert [job.source.columns for job in jobs] == [{"industry": "sector"}, {"industry": "branch"}]


def test_names_of_columns_are_shown(here, capfd):
    assert run(["--cfg", "job", "source=files", "source.path=prices.csv", "source.columns.industry=sector"]) == 0
    assert "industry: sector" in capfd.readouterr().out
    assert list(here.iterdir()) == []


def test_a_multirun_makes_one_library_each_and_ends_each_with_its_path(tmp_path):
    done = command([*TINY, "-m", "seed=1,2"], tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    latest = tmp_path / "out" / "libraries" / "latest.json"
    assert lines[-1] == "out/libraries/latest.json"
    assert lines.count(lines[-1]) == 2
    names = {path.stem for path in latest.parent.iterdir()} - {"latest"}
    assert len(names) == 2
    assert {json.loads((latest.parent / f"{name}.json").read_text())["seed"] for name in names} == {1, 2}
    assert sum("distinct formulas" in line for line in lines) == 2
    assert len(list((tmp_path / "out" / "quality").glob("*.html"))) == 1, "one page for the one panel"
    for name in names:
        log = (tmp_path / "out" / "logs" / f"{name}.jsonl").read_text().splitlines()
        assert {json.loads(line)["run"] for line in log} == {name}


def test_the_help_is_about_this_command(tmp_path):
    done = command(["--help"], tmp_path)
    assert done.returncode == 0
    for words in ("Usage", "Examples", "Main settings (default)", "Outputs", "gp.population=N", "latest.json"):
        assert words in done.stdout
    assert list(tmp_path.iterdir()) == []
