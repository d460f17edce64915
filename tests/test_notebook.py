"""The interface for notebooks: a search in memory, its library, tables."""

import numpy as np
import pandas as pd
import pytest
from panels import random_panel

import dfqgp as dq
from dfqgp.config import load
from dfqgp.errors import ConfigError, PanelError, SnapshotError
from dfqgp.fitness import FitnessSettings
from dfqgp.library import Member, Snapshot, read_snapshot
from dfqgp.market import SegmentSettings, split
from dfqgp.mine import mine_one
from dfqgp.mining.assess import Assessor
from dfqgp.ops import OPERATORS
from dfqgp.sources import SyntheticSettings, open_source

SETTINGS = {
    "gp": {"population": 12, "generations": 2, "rounds": 2, "elites": 2, "max_depth": 4, "windows": [3, 5]},
    "library": {"min_score": 0.0, "candidates": 5},
    "fitness": {"min_assets": 10},
    "backend": "reference",
    "seed": 3,
}
LINE = ["gp.population=12", "gp.generations=2", "gp.rounds=2", "gp.elites=2", "gp.max_depth=4", "gp.windows=[3,5]",
        "library.min_score=0", "library.candidates=5", "fitness.min_assets=10", "+backend=reference", "seed=3",
        "source.assets=40", "source.days=200"]  # fmt: skip


@pytest.fixture(scope="module")
def panel():
    """The whole panel that the command line builds of this source."""
    from dfqgp.features import assemble  # noqa: PLC0415
    from dfqgp.market import UniverseSettings  # noqa: PLC0415

    table = open_source(SyntheticSettings(assets=40, days=200)).load()
    return assemble(table.frame, units=table.units, universe=UniverseSettings())


@pytest.fixture(scope="module")
def library(panel):
    return dq.search(panel, **SETTINGS)


def test_a_search_in_memory_is_the_search_of_the_command_line(library, tmp_path):
    paths = [f"paths.{name}={tmp_path / name}" for name in ("out", "state", "data")]
    snapshot = read_snapshot(mine_one(load([*LINE, *paths])))
    assert library.complete
    assert library.snapshot.members == snapshot.members
    assert library.snapshot.trials == snapshot.trials
    assert len(library) > 2
    assert library[0] == next(iter(library)) == snapshot.members[0]


def test_no_row_of_the_holdout_is_seen(panel, library):
    """With another holdout the search finds the same library."""
    stop = split(panel.dates, SegmentSettings(), 5).search_stop
    assert stop < 200
    changed = {name: np.where(np.arange(200)[:, None] >= stop, np.float32(1), x) for name, x in panel.fields.items()}
    other = dq.search(dq.Panel(**{**vars(panel), "fields": changed}), **SETTINGS)
    assert other.snapshot.members == library.snapshot.members


@pytest.mark.parametrize(("after", "members"), [(1, False), (2, True), (3, True)])
def test_an_interrupted_search_gives_what_there_is(panel, library, monkeypatch, after, members):
    """Before the first generation ends nothing; later the finished round, and the best of the one under way."""
    done = []

    def assess(self, *arguments, original=Assessor.assess):
        if len(done) == after - 1:
            raise KeyboardInterrupt
        done.append(1)
        return original(self, *arguments)

    monkeypatch.setattr(Assessor, "assess", assess)
    found = dq.search(panel, **SETTINGS)
    assert not found.complete
    assert bool(len(found)) is members
    assert f"incomplete after {found.snapshot.rounds} rounds" in repr(found)
    if after == 3:  # the first round is finished, and no generation of the second
        monkeypatch.undo()
        one = dq.search(panel, **{**SETTINGS, "gp": SETTINGS["gp"] | {"rounds": 1}})
        assert found.snapshot.members == one.snapshot.members


def test_a_folder_keeps_the_run_and_goes_on(panel, library, tmp_path, monkeypatch):
    left = [3]

    def assess(self, *arguments, original=Assessor.assess):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return original(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Assessor, "assess", assess)
        stopped = dq.search(panel, folder=tmp_path, **SETTINGS)
    stopped.save(tmp_path / "stopped.json")
    assert not stopped.complete
    assert not dq.load_library(tmp_path / "stopped.json").complete
    again = dq.search(panel, folder=tmp_path, **SETTINGS)
    assert again.snapshot.members == library.snapshot.members
    assert dq.load_library(tmp_path / "out" / "libraries" / "latest.json").snapshot == again.snapshot


def test_members_are_computed_in_the_direction_in_which_they_predict(panel, library):
    values = library.compute(panel, backend="reference")
    for value, member, text in zip(values, library, library.expressions(panel), strict=True):
        plain = dq.evaluate(member.expression, panel, backend="reference", typed=False)
        np.testing.assert_array_equal(value, member.orientation * plain)
        np.testing.assert_array_equal(value, dq.evaluate(text, panel, backend="reference", typed=False))


def test_a_library_is_a_table_and_a_file(library, tmp_path):
    frame = library.to_frame()
    assert list(frame["expression"]) == [member.expression for member in library]
    assert frame["train_icir"].tolist() == [member.train["icir"] for member in library]
    library.save(tmp_path / "mine.json")
    assert dq.load_library(tmp_path / "mine.json").snapshot == library.snapshot
    with pytest.raises(SnapshotError, match="cannot be read"):
        dq.load_library(tmp_path / "absent.json")
    assert repr(library).startswith(f"FactorLibrary of run {library.snapshot.run_id}: {len(library)} factors from")
    assert "<table" in library._repr_html_()


def test_tables_of_a_notebook_show_whole_expressions():
    text = " + ".join(["close"] * 40)
    member = Member(text, "key", 1, 0.1, {"icir": 0.2}, {"icir": 0.1}, 0)
    assert text in dq.FactorLibrary(Snapshot("run", (member,), "data", {}, 0, "0", 1, 1))._repr_html_()
    market = random_panel(120, 40)
    assert text in dq.score([text], market, backend="reference", min_assets=10)._repr_html_()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"gp": {"populaton": 5}}, "did you mean 'population'"),
        ({"gpp": {}}, "gpp: got an unknown key"),
        ({"backend": "cuda"}, r"backend\.name: got 'cuda'"),
        ({"source": {"name": "files"}}, "source: got a section, expected none here: the panel is given"),
        ({"paths": {}}, "set folder="),
        ({"population": 5}, r"population: got a key beside the sections, .*; set gp=\{'population': \.\.\.\}"),
        ({"max_corr": 0.5}, r"set fitness=\{'max_corr': \.\.\.\}; set library=\{'max_corr': \.\.\.\}"),
        ({"real": 1}, "real: got an unknown key"),
        ({"gp": {"windows": [{3, 5}]}}, r"gp\.windows\[0\]: got a set, expected text, a number, a list"),
        ({"segments": {"train": 0.8, "valid": 0.2, "holdout": 0.0}}, r"segments\.holdout: got 0\.0"),
    ],
)
def test_settings_are_checked_as_the_configuration_is(panel, settings, message):
    with pytest.raises(ConfigError, match=message):
        dq.search(panel, **settings)


def test_records_and_numbers_of_numpy_are_settings_too(panel, library):
    gp = SETTINGS["gp"] | {"windows": np.array([3, 5]), "population": np.int64(12)}
    given = SETTINGS | {"gp": gp, "seed": np.int64(3), "fitness": FitnessSettings(min_assets=10)}
    assert dq.search(panel, **given).snapshot == library.snapshot


def test_what_is_no_panel_is_refused():
    frame = pd.DataFrame({"close": [1.0]})
    calls = [lambda: dq.search(frame), lambda: dq.parse("close", frame), lambda: dq.score(["close"], frame),
             lambda: dq.evaluate(dq.parse("close", random_panel(10, 5)), frame)]  # fmt: skip
    for call in calls:
        with pytest.raises(PanelError, match=r"is a DataFrame, expected a Panel; make one .* Panel\.from_frame"):
            call()


def test_scores_of_many_are_those_of_each_and_a_table():
    market = random_panel(120, 40)
    texts = ["cs_rank(close)", "-ts_mean(returns, 5)", "close - close"]
    scores = dq.score(texts, market, backend="reference", min_assets=10)
    for text, found in zip(texts, scores, strict=True):
        alone = dq.score(text, market, backend="reference", min_assets=10)
        np.testing.assert_array_equal(found.ic, alone.ic)
    frame = scores.to_frame()
    assert list(frame.index) == texts
    assert frame["icir"].tolist()[:2] == [scores[0].icir, scores[1].icir]
    assert "constant" in frame["failure"].iloc[2]
    assert repr(scores[0]).startswith("Metrics(ic_mean=")
    assert "constant" in repr(scores[2])


def test_tables_list_operators_and_features():
    operators = dq.operator_table()
    assert operators.loc["ts_corr", "signature"] == "ts_corr(x, y, w)"
    assert operators["builtin"].all()
    said = operators["lookback"].str.replace(r"\b(\d*)[a-z]\b", lambda m: str(int(m[1] or 1) * 20), regex=True)
    for name, op in OPERATORS.items():
        assert sum(map(int, said[name].replace("- ", "-").replace("+", "").split())) == op.lookback(
            [20] * len(op.literals)
        )
    assert dq.feature_table().loc["returns", ["columns", "features"]].tolist() == ["", "close"]
    assert "close" in dq.feature_table().index
    market = random_panel(10, 5)
    assert list(dq.feature_table(market).index) == list(market.fields)
    assert isinstance(dq.feature_table(market), pd.DataFrame)
    assert repr(market).startswith("Panel(10 dates, 2020-01-01 to 2020-01-10; 5 assets, ")
