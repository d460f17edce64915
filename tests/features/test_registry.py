from __future__ import annotations

import logging

import pytest

from dfqgp.errors import FeatureError
from dfqgp.features import REGISTRY, FeatureRegistry, features_version


def declared(*parts):
    """A registry of (name, features taken, version)."""
    registry = FeatureRegistry()
    for name, features, version in parts:
        registry.register(name, "ratio", columns=("x",), features=features, version=version)(lambda *m: m[0])
    return registry


def test_names_and_units_of_the_package():
    units = {f.name: f.unit for f in REGISTRY}
    prices = dict.fromkeys(("open", "high", "low", "close", "vwap"), "price")
    ratios = ("turnover", "returns", "log_returns", "range_pct", "gap", "log_mktcap")
    assert units == prices | {"volume": "shares", "amount": "currency"} | dict.fromkeys(ratios, "ratio")


@pytest.mark.parametrize("feature", list(REGISTRY), ids=lambda f: f.name)
def test_every_feature_says_what_it_is(feature):
    assert feature.build.__doc__.strip().endswith(".")


def test_every_feature_is_built_after_those_that_it_takes():
    registry = declared(("c", ("b", "a"), 1), ("b", ("a",), 1), ("a", (), 1))
    assert [f.name for f in registry.build_order()] == ["a", "b", "c"]
    assert [f.name for f in registry] == ["c", "b", "a"]


def test_circle_is_named():
    registry = declared(("a", ("c",), 1), ("b", ("a",), 1), ("c", ("b",), 1))
    with pytest.raises(FeatureError, match=r"takes itself: (a -> c -> b -> a|b -> a -> c -> b|c -> b -> a -> c)"):
        registry.build_order()


def test_unknown_names_come_with_the_nearest():
    with pytest.raises(FeatureError, match=r"takes feature 'clos', which is not declared.*'close'"):
        declared(("close", (), 1), ("gap", ("clos",), 1)).build_order()
    with pytest.raises(FeatureError, match="did you mean 'returns'"):
        REGISTRY.get("retruns")


def test_name_is_declared_once():
    with pytest.raises(FeatureError, match="taken"):
        declared(("a", (), 1), ("a", (), 1))


@pytest.mark.parametrize(
    ("change", "text"), [({"name": "a b"}, "identifier"), ({"unit": "prise"}, "'price'"), ({"version": 0}, "version")]
)
def test_impossible_declarations_are_refused(change, text):
    with pytest.raises(FeatureError, match=text):
        FeatureRegistry().register(**({"name": "a", "unit": "ratio"} | change))(lambda: None)


def test_feature_without_its_inputs_is_left_out_with_one_line_each(caplog):
    registry = declared(("a", (), 1), ("b", ("a",), 1))
    with caplog.at_level(logging.INFO, logger="dfqgp.features"):
        assert registry.buildable({"y"}) == ()
    assert [r.getMessage() for r in caplog.records] == [
        "feature 'a' is left out: no column 'x'",
        "feature 'b' is left out: no column 'x' and no feature 'a'",
    ]


def test_version_changes_with_every_declaration():
    versions = [
        declared().version(),
        declared(("a", (), 1)).version(),
        declared(("a", (), 2)).version(),
        declared(("b", (), 1)).version(),
        declared(("a", (), 1), ("b", (), 1)).version(),
        declared(("a", (), 1), ("b", ("a",), 1)).version(),
    ]
    assert len(set(versions)) == len(versions)
    assert declared(("a", (), 1)).version() == versions[1]
    assert features_version() == REGISTRY.version()
