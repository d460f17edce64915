"""Laws of the fingerprint: one for x and -x, another for another factor, and none where there is little to go by."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import random_panel
from residual_ranks import opposite, random_ranks, twice_ranks

from dfqgp.engine import Engine
from dfqgp.expr import Vocabulary, parse
from dfqgp.fitness import FitnessSettings, fingerprint_days, fingerprints_of, make_target


def one_of(ranks):
    (found,) = fingerprints_of([ranks])
    return found


@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.3]), st.integers(20, 60))
def test_a_factor_and_its_opposite_have_one_and_other_factors_others(seed, missing, assets):
    several = random_ranks(np.random.default_rng(seed), 4, 16, assets, missing=missing)
    found = fingerprints_of(several)
    assert found == fingerprints_of([opposite(each) for each in several])
    named = [text for text in found if text]  # one with ranks on too few days has none
    assert len(set(named)) == len(named)
    assert named or missing


@settings(max_examples=20)  # each looks at 39 exchanges
@given(st.integers(0, 2**32))
def test_an_exchange_inside_a_quarter_is_not_seen_and_one_across_its_border_is(seed):
    rng = np.random.default_rng(seed)
    values = np.array([rng.permutation(40) for _ in range(16)], dtype=float)

    def exchanged(low):
        other = values.copy()
        first, second = (values[3] == low).nonzero()[0][0], (values[3] == low + 1).nonzero()[0][0]
        other[3, [first, second]] = other[3, [second, first]]
        return twice_ranks(other)

    for low in range(39):
        assert (one_of(exchanged(low)) == one_of(twice_ranks(values))) is ((low + 1) % 10 != 0)


def test_the_sample_and_the_place_of_a_stock_count():
    (ranks,) = random_ranks(np.random.default_rng(1), 1, 16, 40)
    fewer = ranks.copy()
    fewer[2] = twice_ranks(np.where(ranks[2] == 80, np.nan, ranks[2])[None])[0]
    assert len({one_of(ranks), one_of(fewer), one_of(np.roll(ranks, 1, axis=1))}) == 3


@pytest.mark.parametrize(("days", "has"), [(7, False), (8, True)])
def test_few_days_or_equal_ranks_give_none(days, has):
    (ranks,) = random_ranks(np.random.default_rng(2), 1, 16, 40)
    ranks[days:] = 0
    assert bool(one_of(ranks)) is has
    ranks[days:] = 41  # all tied
    assert bool(one_of(ranks)) is has


@given(st.integers(0, 400))
def test_days_are_distinct_spread_evenly_and_within_those_there_are(count):
    days = fingerprint_days(count)
    assert len(days) == min(count, 16)
    if count:
        assert (days[0], days[-1]) in {(0, count - 1), (0, 0)}
        assert np.ptp(np.diff(days)) <= 1 if count > 1 else True


def test_every_backend_gives_the_fingerprints_of_the_reference(backend, reference):
    panel = random_panel(60, 40)
    words = Vocabulary.of(panel)
    trees = [parse(text, words) for text in ("ts_mean(returns, 3)", "-ts_mean(returns, 3)", "volume", "high / close")]
    target = make_target(panel, panel.field("returns"), range(10, 50), FitnessSettings(min_assets=20), horizon=5)
    keep, days = np.arange(40) % 2 == 0, fingerprint_days(20)

    def found(each):
        session = (engine := Engine(panel, each, targets=[target])).session
        ranks = engine.score(trees, keep=keep)[0].ranks
        for one, whole in zip(session.fetch_ranks(ranks, days), session.fetch_ranks(ranks), strict=True):
            np.testing.assert_array_equal(one, whole[days])
        return fingerprints_of(session.fetch_ranks(ranks, days))

    assert found(backend) == found(reference)
    one, turned, *others = found(backend)
    assert one == turned
    assert len({one, *others}) == 3
