import pytest

from dfqgp.errors import ConfigError
from dfqgp.gp import GpSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("population", 1),
        ("population", 10.5),
        ("population", True),
        ("elites", 300),
        ("min_depth", 7),
        ("max_depth", 33),
        ("max_size", 401),
        ("crossover", -0.1),
        ("crossover", float("nan")),
        ("typed", 1),
        ("selection", "tournamet"),
        ("survival", ""),
        ("operators", ["add"]),
        ("operators", ("add", "add")),
        ("operators", ("ts_maen",)),
        ("features", (1,)),
        ("windows", [5]),
        ("windows", (5, 5)),
        ("delays", (0,)),
        ("constants", (0.0,)),
        ("constants", ("1",)),
    ],
)
def test_an_impossible_value_is_refused_by_name(name, value):
    with pytest.raises(ConfigError, match=rf"gp\.{name}(\[0\])?: got"):
        GpSettings(**{name: value})


def test_shares_above_one_are_refused():
    with pytest.raises(ConfigError, match=r"got 1\.2"):
        GpSettings(crossover=0.6, subtree_mutation=0.3, point_mutation=0.3)


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match=r"gp\.operators: got 'ts_maen', .*; did you mean 'ts_mean'\?"):
        GpSettings(operators=("add", "ts_maen"))
    with pytest.raises(ConfigError, match=r"gp\.survival: got 'elite', expected one of elites; did you mean 'elites'"):
        GpSettings(survival="elite")
