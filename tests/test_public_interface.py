"""The public interface: what a user types first."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from panels import random_panel

import dfqgp as dq
from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.errors import ConfigError, ExpressionError, UnitError
from dfqgp.fitness import FitnessSettings, make_target, metrics_of
from dfqgp.market import LabelSettings, panel_labels
from dfqgp.sources import SyntheticSettings, open_source


@pytest.fixture(scope="module")
def panel():
    return dq.Panel.from_frame(open_source(SyntheticSettings(assets=60, days=200)).load().frame)


def test_panel_evaluate_score(panel):
    assert panel.shape == (200, 60) == panel.field("close").shape == panel.universe.shape
    one = dq.evaluate("cs_rank(ts_corr(close, volume, 20))", panel)
    assert one.shape == (200, 60)
    assert one.dtype == np.float32
    both = dq.evaluate(["cs_rank(ts_corr(close, volume, 20))", "-ts_std(returns, 20)"], panel, backend="reference")
    np.testing.assert_allclose(both[0], one, atol=1e-4)
    m = dq.score("-ts_std(returns, 20)", panel, horizon=5)
    assert m.ic.shape == (200,)
    assert np.isnan(m.ic[-16:]).all()
    assert np.isfinite(m.ic[-17])
    assert m.icir == pytest.approx(m.ic_mean / m.ic_std)
    same = dq.score("-ts_std(returns, 20)", panel, horizon=5, backend="reference")
    np.testing.assert_allclose(same.ic, m.ic, atol=1e-6)


def test_a_node_stands_for_its_text(panel):
    node = dq.parse("ts_delta(close, 5) / close", panel)
    np.testing.assert_array_equal(dq.evaluate(node, panel), dq.evaluate(repr(node), panel))
    assert dq.evaluate([node], panel).shape == (1, 200, 60)


@pytest.mark.parametrize(
    "label", [{}, {"delay": 2}, {"exit": "naive"}, {"exit": "strict"}, {"kind": "industry"}, {"kind": "volatility"}]
)
def test_a_score_is_that_of_the_label_of_its_keywords(panel, label):
    m = dq.score("-ts_std(returns, 20)", panel, **label, min_assets=20)
    settings, chosen = FitnessSettings(min_assets=20), LabelSettings(**label)
    target = make_target(panel, panel_labels(panel, chosen), range(200), settings, horizon=5)
    engine = Engine(panel, open_backend(BackendSettings()), targets=[target])
    [expected] = metrics_of(engine.score([dq.parse("-ts_std(returns, 20)", panel)])[0], target, settings)
    np.testing.assert_array_equal(m.ic, expected.ic)
    assert np.flatnonzero(np.isfinite(m.ic))[-1] == 199 - chosen.reach


def test_mistakes_are_answered(panel):
    with pytest.raises(ExpressionError, match="did you mean 'ts_std'"):
        dq.evaluate("ts_sdt(close, 20)", panel)
    with pytest.raises(UnitError):
        dq.score("close + volume", panel)
    assert dq.score("close + volume", panel, typed=False).days > 0
    with pytest.raises(ConfigError, match="entry"):
        dq.score("close", panel, entry="opne")
    with pytest.raises(ConfigError, match=r"label\.exit.*did you mean 'naive'"):
        dq.score("close", panel, exit="naiv")


def test_planted_reversal_shows_up_in_a_hand_made_market():
    """Log prices change their sign about 10 every six days: what stands high falls, and the score must see it."""
    rng = np.random.default_rng(0)
    dates, codes = pd.bdate_range("2022-01-03", periods=160), [f"{i:06d}.SZ" for i in range(50)]
    price = 10 * np.exp(np.cumsum(rng.normal(0, 0.02, (160, 50)), axis=0) * (-1) ** (np.arange(160) // 6)[:, None])
    frame = pd.DataFrame(
        {
            "date": np.repeat(dates, 50), "code": np.tile(codes, 160), "open": price.ravel(), "high": price.ravel(),
            "low": price.ravel(), "close": price.ravel(), "volume": 1e6, "amount": 1e6 * price.ravel(),
        }
    )  # fmt: skip
    market = dq.Panel.from_frame(frame, min_listed_days=1, quality="off")  # a price that tells the future
    assert dq.score("open", market).hac_t < -3
    assert dq.score("-open", market).hac_t > 3


def test_importing_is_light():
    heavy = ("numba", "pandas", "hydra", "cupy", "lark")
    code = f"import sys, dfqgp; print([name for name in {heavy} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_random_panels_score_nothing():
    panel = random_panel(400, 80)
    assert abs(dq.score("ts_mean(turnover, 5)", panel, entry="close").hac_t) < 4
