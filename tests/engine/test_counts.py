"""What an engine says it computed is what there was to compute."""

from panels import random_panel, random_trees

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Counts, Engine
from dfqgp.expr import Call, Field, field

PANEL = random_panel(40, 30)


def engine():
    return Engine(PANEL, open_backend(BackendSettings(threads=2)))


def distinct(trees, kind):
    return {node for tree in trees for node in tree.walk() if isinstance(node, kind)}


def test_with_room_every_distinct_operator_is_computed_once_and_every_feature_loaded_once():
    trees, used = random_trees(PANEL, 60), engine()
    used.evaluate(trees)
    counts = used.counts
    assert counts.computed == len(distinct(trees, Call))
    assert counts.loaded == len(distinct(trees, Field))
    assert counts.trees == 60
    assert (counts.calls, counts.fields) == tuple(
        sum(isinstance(node, kind) for tree in trees for node in tree.walk()) for kind in (Call, Field)
    )
    assert 0 < counts.figures()["reused"] < 1


def test_a_second_population_finds_its_features_in_their_slots():
    trees, used = random_trees(PANEL, 40), engine()
    used.evaluate([field(name) for name in PANEL.fields])
    used.counts = Counts()
    used.evaluate(trees)
    assert used.counts.loaded == 0
    assert used.counts.figures()["held"] == 1


def test_nothing_asked_is_nothing_reused():
    assert Counts().figures() | {"reused": 1, "held": 1} == Counts().figures()
