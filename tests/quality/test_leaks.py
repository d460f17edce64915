"""Laws: a field that knows the future is named and refused, an honest one is not, and the holdout decides nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from dfqgp.errors import DataQualityError
from dfqgp.features import assemble
from dfqgp.features.rows import columns_of
from dfqgp.market import LabelSettings, label_legs
from dfqgp.quality import QualitySettings, apply_limits, measure, with_leaks, with_legs
from dfqgp.quality.leaks import leak_findings
from dfqgp.sources import SyntheticSettings, open_source

SETTINGS = QualitySettings()


@pytest.fixture(scope="module")
def panel(market):
    return assemble(columns_of(market))


def later(panel, start, stop, name="open"):
    prices = panel.field(name).astype(np.float64)
    out = np.full(prices.shape, np.nan)
    out[: len(out) - stop] = prices[stop:] / prices[start : len(out) - stop + start] - 1
    return out


def with_field(panel, values, name="told"):
    matrix = np.where(np.isfinite(values), values, np.nan).astype(np.float32)
    return replace(panel, fields={**panel.fields, name: matrix}, units={**panel.units, name: "ratio"})


FUTURE = {
    "the return of the next day": lambda p: later(p, 0, 1, "close"),
    "minus the label": lambda p: -later(p, 1, 6),
    "the next twenty days": lambda p: later(p, 1, 21),
    "the next day and noise": lambda p: later(p, 1, 2) + np.random.default_rng(1).normal(0, 0.03, p.shape),
}


@pytest.mark.parametrize("words", FUTURE)
def test_a_field_that_knows_the_future_is_refused_by_name(market, panel, words):
    told = with_field(panel, FUTURE[words](panel))
    findings, correlations = leak_findings(told)
    assert [(each.name, each.subject) for each in findings] == [("leaks", "told")]
    assert findings[0].measure == pytest.approx(abs(correlations["told"]), abs=1e-3)
    assert findings[0].measure > (0.3 if "noise" in words else 0.95)
    report = with_leaks(measure(columns_of(market), told), told)
    with pytest.raises(DataQualityError, match=r"leaks 'told': .*rank correlation .*quality\.limits\.leaks=null"):
        apply_limits(report, SETTINGS)
    apply_limits(report, QualitySettings(limits={"leaks": None}))


def test_the_measure_is_the_mean_rank_correlation_of_scipy(panel):
    told = with_field(panel, np.random.default_rng(0).integers(0, 4, panel.shape) + 0.0)
    _, correlations = leak_findings(told)
    returns = [later(told, 0, 1, "close"), *(later(told, 1, 1 + h) for h in (1, 5, 20))]
    means = []
    for each in returns:
        daily = []
        for day in np.flatnonzero(told.universe.sum(axis=1) >= 10):
            inside = told.universe[day]
            x, y = (np.where(inside, m[day], np.nan) for m in (told.field("told"), each))
            both = np.isfinite(x) & np.isfinite(y)
            if both.sum() >= 10:
                daily.append(spearmanr(x[both], y[both])[0])
        means.append(np.mean(daily))
    assert correlations["told"] == pytest.approx(max(means, key=abs), abs=2e-3)


@pytest.mark.parametrize("signal", [0.0, 3.0])
@pytest.mark.parametrize("seed", range(3))
def test_honest_fields_are_not_named(signal, seed):
    table = open_source(SyntheticSettings(assets=60, days=250, seed=seed, signal=signal)).load()
    findings, correlations = leak_findings(assemble(table.frame))
    assert [each.count for each in findings] == [0]
    assert len(correlations) == 13


def test_legs_are_those_of_the_labels(market, panel):
    label = LabelSettings()
    report = with_legs(measure(columns_of(market), panel), panel, label)
    counts = label_legs(panel, label)
    assert report.finding("lost_legs").count == counts.members - counts.labelled > 0
    assert [(each.reason, each.legs) for each in report.legs] == [(each.reason, each.legs) for each in counts.reasons()]
    assert sum(each.legs for each in report.legs) == counts.members
    without = replace(panel, fields={"close": panel.field("close")})
    assert with_legs(report, without, label) is report


def test_too_few_days_or_stocks_are_no_evidence(panel):
    told = with_field(panel, later(panel, 0, 1, "close"))
    assert leak_findings(told.rows(0, 15)) == ((), {})
    few = replace(told, universe=told.universe & (np.arange(told.shape[1]) < 9))
    assert leak_findings(few) == ((), {})
