from __future__ import annotations

import dataclasses
import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfqgp.errors import FeatureError, PanelError
from dfqgp.features import REGISTRY, FeatureRegistry, assemble, masks
from dfqgp.market import UniverseSettings

TRADED_UNITS = ("price", "shares", "currency")
ANYONE = UniverseSettings(min_listed_days=0)
PE = {"pe": "ratio"}


def market(seed=0, days=12, assets=4):
    """A small normalised table: rows missing, suspensions, splits, changing industries, unknown names."""
    rng = np.random.default_rng(seed)
    dates = pd.bdate_range("2024-01-01", periods=days)
    frame = pd.DataFrame(
        [(day, f"{asset:06d}.SZ") for asset in range(assets) for day in dates], columns=["date", "code"]
    )
    rows = len(frame)
    close = np.exp(rng.normal(3.0, 0.3, rows))
    trading = rng.random(rows) < 0.85
    frame = frame.assign(
        open=close * rng.uniform(0.97, 1.03, rows),
        high=close * 1.05,
        low=close * 0.95,
        close=close,
        volume=np.where(trading, rng.integers(100, 10_000, rows), 0).astype(float),
        adj_factor=np.where(frame["date"] < dates[days // 2], 1.0, rng.uniform(1.0, 2.0)),
        industry=rng.choice(np.array(["steel", "banks", None], dtype=object), rows),
        mktcap=rng.uniform(1e9, 1e11, rows),
        turnover=rng.uniform(0.0, 0.1, rows),
        is_trading=trading,
        is_st=rng.random(rows) < 0.1,
        in_universe=rng.random(rows) < 0.9,
        list_date=frame.groupby("code")["date"].transform("min"),
        limit_up=np.where(rng.random(rows) < 0.9, close * 1.02, np.nan),
        limit_down=np.where(rng.random(rows) < 0.9, close * 0.98, np.nan),
        pe=rng.normal(20.0, 5.0, rows),
    )
    frame["amount"] = frame["volume"] * close
    return frame[rng.random(rows) < 0.95].reset_index(drop=True)


def wide(frame, values, panel):
    """The pandas way to a matrix."""
    table = frame.assign(v=values).set_index(["date", "code"])["v"].unstack("code")  # noqa: PD010
    return table.reindex(index=pd.to_datetime(panel.dates), columns=panel.codes)


def expected_features(frame):
    """The definitions again, by pandas on the long table; previous values are those of the row before."""
    on, f = frame["is_trading"], frame["adj_factor"]
    close = (frame["close"] * f).where(on)
    day = frame["date"].rank(method="dense")
    before = pd.DataFrame({"code": frame["code"], "day": day + 1, "close": close})
    keys = pd.DataFrame({"code": frame["code"], "day": day})
    previous = keys.merge(before, how="left", on=["code", "day"])["close"].set_axis(frame.index)
    return {
        "open": (frame["open"] * f).where(on),
        "high": (frame["high"] * f).where(on),
        "low": (frame["low"] * f).where(on),
        "close": close,
        "vwap": (frame["amount"] / frame["volume"] * f).where(on),
        "volume": (frame["volume"] / f).where(on),
        "amount": frame["amount"].where(on),
        "turnover": frame["turnover"].where(on),
        "returns": close / previous - 1,
        "log_returns": np.log(close) - np.log(previous),
        "range_pct": ((frame["high"] - frame["low"]) / frame["close"]).where(on),
        "gap": (frame["open"] * f).where(on) / previous - 1,
        "log_mktcap": np.log(frame["mktcap"]),
    }


def check_features(frame, panel):
    expected = expected_features(frame)
    assert set(expected) == {f.name for f in REGISTRY}
    for name, values in expected.items():
        np.testing.assert_allclose(
            panel.field(name), wide(frame, values, panel).to_numpy(), rtol=2e-7, atol=1e-9, err_msg=name
        )


@pytest.mark.real_data
def test_features_equal_pandas_on_real_data(real_frame):
    panel = assemble(real_frame)
    check_features(real_frame, panel)
    assert panel.shape == (real_frame["date"].nunique(), real_frame["code"].nunique())
    age = real_frame.groupby("code").cumcount()  # the real table has one row per day from the listing on
    expected = real_frame["is_trading"] & ~real_frame["is_st"] & (age >= 60)
    np.testing.assert_array_equal(panel.universe, wide(real_frame, expected, panel).fillna(value=False).to_numpy(bool))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999))
def test_features_equal_pandas_with_missing_rows(seed):
    frame = market(seed)
    check_features(frame, assemble(frame))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999))
def test_row_and_column_order_of_the_table_are_irrelevant(seed):
    frame = market(seed)
    shuffled = frame.sample(frac=1.0, random_state=seed)[sorted(frame.columns)]
    assert assemble(shuffled).fingerprint() == assemble(frame).fingerprint()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999), kept=st.integers(2, 11))
def test_later_rows_never_change_earlier_values(seed, kept):
    frame = market(seed)
    whole = assemble(frame, units=PE, universe=ANYONE)
    cut = frame[frame["date"] <= pd.Timestamp(whole.dates[kept - 1])]
    part = assemble(cut, units=PE, universe=ANYONE)
    same = np.isin(whole.codes, part.codes)
    for name in part.fields:
        np.testing.assert_array_equal(part.field(name), whole.field(name)[:kept, same], err_msg=name)
    np.testing.assert_array_equal(part.universe, whole.universe[:kept, same])
    np.testing.assert_array_equal(part.buyable, whole.buyable[:kept, same])
    np.testing.assert_array_equal(part.sellable, whole.sellable[:kept, same])


def test_suspended_days_and_missing_rows_are_nan_and_out():
    frame = market(3)
    panel = assemble(frame, universe=ANYONE)
    traded = wide(frame, frame["is_trading"], panel).fillna(value=False).to_numpy(bool)
    assert 0 < (~traded).sum() < traded.size
    for name in set(panel.fields) - {"log_mktcap"}:
        assert np.isnan(panel.field(name)[~traded]).all(), name
    assert not panel.universe[~traded].any()
    assert not panel.buyable[~traded].any()
    assert not panel.sellable[~traded].any()


def test_size_and_industry_stay_known_on_suspended_days():
    frame = market(3).assign(industry="steel")
    panel = assemble(frame)
    there = wide(frame, frame["close"], panel).notna().to_numpy()
    np.testing.assert_array_equal(np.isfinite(panel.size), there)
    np.testing.assert_array_equal(panel.group("industry") == 0, there)


def test_layout():
    panel = assemble(market(), units=PE)
    for matrix in [*panel.fields.values(), panel.size]:
        assert (matrix.dtype, matrix.flags.c_contiguous) == (np.float32, True)
        assert not np.isinf(matrix).any()
    assert list(panel.fields) == [*(f.name for f in REGISTRY), "pe"]
    assert panel.codes.dtype.kind == "U"
    assert panel.size is panel.fields["log_mktcap"]


def test_groups_are_those_of_the_day_numbered_by_sorted_name():
    frame = market(1)
    panel = assemble(frame)
    assert panel.group_names["industry"] == ("banks", "steel")
    expected = wide(frame, frame["industry"].map({"banks": 0, "steel": 1}), panel).fillna(-1).to_numpy()
    np.testing.assert_array_equal(panel.group("industry"), expected)


def test_masks_follow_their_columns():
    frame = market(2)
    panel = assemble(frame, universe=UniverseSettings(min_listed_days=4, exclude_st=False))
    first = frame.groupby("code")["date"].transform("min").map({d: i for i, d in enumerate(sorted(set(frame["date"])))})
    today = frame["date"].map({d: i for i, d in enumerate(sorted(set(frame["date"])))})
    members = frame["is_trading"] & frame["in_universe"] & (today - first >= 4)
    np.testing.assert_array_equal(panel.universe, wide(frame, members, panel).fillna(value=False).to_numpy(bool))
    fillable = frame["is_trading"] & ~(frame["open"] > frame["limit_up"] - 0.005)
    np.testing.assert_array_equal(panel.buyable, wide(frame, fillable, panel).fillna(value=False).to_numpy(bool))
    sold = frame["is_trading"] & ~(frame["open"] < frame["limit_down"] + 0.005)
    np.testing.assert_array_equal(panel.sellable, wide(frame, sold, panel).fillna(value=False).to_numpy(bool))
    assert 0 < (panel.buyable & ~panel.sellable).sum() < panel.buyable.sum()


def test_a_table_without_a_lower_limit_can_be_sold_wherever_it_trades():
    frame = market(2)
    panel = assemble(frame.drop(columns=["limit_down"]))
    traded = wide(frame, frame["is_trading"], panel).fillna(value=False).to_numpy(bool)
    np.testing.assert_array_equal(panel.sellable, traded)


def test_given_calendar_adds_days_without_data_and_sets_the_origin():
    frame = market()
    days = np.arange("2023-12-20", "2024-03-01", dtype="datetime64[D]")
    panel = assemble(frame, calendar=days)
    assert (panel.dates[0], panel.dates[-1]) == (np.datetime64("2024-01-01"), np.datetime64("2024-01-16"))
    assert panel.shape[0] == 16
    assert panel.origin == 12
    weekend = panel.dates == np.datetime64("2024-01-06")
    assert np.isnan(panel.field("close")[weekend]).all()
    assert np.isnan(panel.field("returns")[np.roll(weekend, 2)]).all()


def test_calendar_without_a_date_of_the_table_is_refused():
    with pytest.raises(PanelError, match="2024-01-16"):
        assemble(market(), calendar=np.arange("2024-01-01", "2024-01-16", dtype="datetime64[D]"))


def test_features_without_their_columns_are_left_out_with_one_line_each(caplog):
    with caplog.at_level(logging.INFO, logger="dfqgp.features"):
        panel = assemble(market().drop(columns=["turnover", "mktcap", "limit_up"]))
    assert [r.getMessage() for r in caplog.records] == [
        "feature 'turnover' is left out: no column 'turnover'",
        "feature 'log_mktcap' is left out: no column 'mktcap'",
    ]
    assert panel.size is None
    assert "turnover" not in panel.fields


def test_further_columns_are_treated_as_their_unit_says():
    frame = market(4)
    further = frame.assign(preclose=frame["close"], bought=frame["volume"], flow=frame["amount"])
    panel = assemble(further, units=PE | {"preclose": "price", "bought": "shares", "flow": "currency"})
    assert list(panel.fields)[len(list(REGISTRY)) :] == ["bought", "flow", "pe", "preclose"]
    assert [panel.units[n] for n in ("bought", "flow", "pe", "preclose")] == ["shares", "currency", "ratio", "price"]
    np.testing.assert_array_equal(panel.field("preclose"), panel.field("close"))
    np.testing.assert_array_equal(panel.field("bought"), panel.field("volume"))
    np.testing.assert_array_equal(panel.field("pe"), wide(frame, frame["pe"], panel).to_numpy(np.float32))
    np.testing.assert_array_equal(panel.field("flow"), wide(frame, frame["amount"], panel).to_numpy(np.float32))


def test_a_further_column_without_a_unit_is_no_feature():
    frame = market()
    assert assemble(frame.assign(vwap=1.0)).fingerprint() == assemble(frame.drop(columns="pe")).fingerprint()


@pytest.mark.parametrize(("name", "problem"), [("vwap", "computed from the prices"), ("p e", "no identifier")])
def test_a_column_that_cannot_be_a_feature_is_refused(name, problem):
    with pytest.raises(FeatureError, match=problem):
        assemble(market().assign(**{name: 1.0}), units={name: "ratio"})


@pytest.mark.parametrize(
    ("units", "text"), [({"pe": "prise"}, "did you mean 'price'"), ({"pee": "ratio"}, "did you mean 'pe'")]
)
def test_impossible_units_are_refused(units, text):
    with pytest.raises(FeatureError, match=text):
        assemble(market(), units=units)


def test_repeated_row_is_refused():
    frame = market()
    with pytest.raises(PanelError, match=r"rows of \(2024-01-\d\d, 00000\d\.SZ\) is 2"):
        assemble(pd.concat([frame, frame.iloc[[5]]]))


def test_table_without_rows_is_refused():
    with pytest.raises(PanelError, match="empty"):
        assemble(market().iloc[:0])


def test_what_is_not_finite_becomes_missing():
    frame = market()
    panel = assemble(frame.assign(close=0.0, pe=1e39, mktcap=-1.0, high=np.inf), units=PE)
    for name in ("returns", "log_returns", "range_pct", "pe", "log_mktcap", "high", "gap"):
        assert np.isnan(panel.field(name)).all(), name


def test_features_are_built_from_exact_values_not_from_stored_ones():
    registry = FeatureRegistry()
    registry.register("level", "ratio", columns=("pe",))(lambda pe: pe + 1e8)
    registry.register("back", "ratio", features=("level",))(lambda level: level - 1e8)
    frame = market()
    panel = assemble(frame, units=PE, registry=registry)
    np.testing.assert_allclose(panel.field("back"), panel.field("pe"), rtol=1e-5)


def test_blocks_of_rows_change_nothing(monkeypatch):
    frame, settings = market(2, days=9, assets=5), UniverseSettings(min_listed_days=3)
    whole = assemble(frame, universe=settings)
    assert 0 < whole.universe.mean() < 1
    monkeypatch.setattr(masks, "_BLOCK", 7)
    assert assemble(frame, universe=settings).fingerprint() == whole.fingerprint()


def test_input_is_not_changed():
    frame = market()
    before = frame.copy(deep=True)
    assemble(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_same_table_same_bytes():
    one, two = assemble(market()), assemble(market())
    assert one.fingerprint() == two.fingerprint() != dataclasses.replace(one, origin=1).fingerprint()
