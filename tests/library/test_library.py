import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from residual_ranks import opposite, random_ranks, slow_correlation, twice_ranks

from dfqgp.backends.cpu.correlation import correlations
from dfqgp.errors import ConfigError, LibraryError
from dfqgp.expr import call, field
from dfqgp.library import Candidate, Library, LibrarySettings, Member, Verdict


def library_of(wanted):
    return Library(wanted, correlations)


def candidate(name, score, ranks):
    return Candidate(field(name), score, 1, {"icir": score}, {"icir": math.nan}, ranks)


@st.composite
def batches(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    common = draw(st.sampled_from([0.0, 0.5, 0.7, 0.9]))
    panels = random_ranks(rng, 14, 12, 25, common=common, missing=draw(st.sampled_from([0.0, 0.1])))
    scores = [float(rng.choice([0.0, 0.1, 0.2, 0.2, 0.5, 1.0])) for _ in panels]
    names = [f"f{draw(st.integers(0, 11))}" for _ in panels]
    made = [candidate(*parts) for parts in zip(names, scores, panels, strict=True)]
    return [made[:6], made[6:10], made[10:]]


limits = st.builds(
    LibrarySettings,
    max_size=st.integers(1, 8),
    max_corr=st.sampled_from([0.2, 0.5, 0.7, 1.0]),
    replace_margin=st.sampled_from([1.0, 1.3, 2.5]),
    min_score=st.sampled_from([0.0, 0.15]),
)


@settings(max_examples=40, deadline=None)
@given(batches(), limits)
def test_members_never_correlate_by_max_corr_and_keep_every_rule(rounds, wanted):
    library, panels = library_of(wanted), {}
    for number, batch in enumerate(rounds):
        before = library.members
        decisions = library.consider(batch, round_number=number)
        panels |= {(each.node.name, each.score): each.ranks for each in batch}
        assert len(decisions) == len(batch)
        joined = [decision.member for decision in decisions if decision.verdict is not Verdict.REJECTED]
        left = [decision.displaced for decision in decisions if decision.displaced is not None]
        assert sorted(m.key for m in (*before, *joined)) == sorted(m.key for m in (*library.members, *left))
        for decision in decisions:
            assert decision.reason
            assert (decision.displaced is not None) == (decision.verdict is Verdict.REPLACED)
            if decision.displaced is not None:
                assert decision.member.score > wanted.replace_margin * decision.displaced.score
    members = library.members
    assert len(members) <= wanted.max_size
    assert len({member.key for member in members}) == len(members)
    assert all(member.score > wanted.min_score for member in members)
    table = correlations(library.ranks, library.ranks)
    assert (np.abs(table - np.eye(len(members))) < wanted.max_corr).all()


@settings(max_examples=20, deadline=None)
@given(batches(), limits, st.randoms(use_true_random=False))
def test_the_order_within_a_batch_does_not_matter(rounds, wanted, random):
    batch = list({each.node.name: each for batch in rounds for each in batch}.values())
    turned = list(batch)
    random.shuffle(turned)
    one, other = library_of(wanted), library_of(wanted)
    assert [d.reason for d in one.consider(batch)] == [d.reason for d in other.consider(turned)]
    assert one.members == other.members


@settings(max_examples=15, deadline=None)
@given(batches(), limits)
def test_a_rebuilt_library_goes_on_as_the_one_it_was(rounds, wanted):
    one = library_of(wanted)
    one.consider(rounds[0])
    two = library_of(wanted)
    two.restore(one.members, one.ranks)
    for batch in rounds[1:]:
        assert one.consider(batch) == two.consider(batch)
    assert one.members == two.members


def test_greedy_by_score_agrees_with_a_plain_loop():
    rng = np.random.default_rng(7)
    panels = random_ranks(rng, 12, 20, 30, common=0.6)
    scores = rng.permutation(12) / 12 + 0.05
    batch = [candidate(f"f{i}", float(s), p) for i, (s, p) in enumerate(zip(scores, panels, strict=True))]
    kept = []
    for each in sorted(batch, key=lambda one: -one.score):
        if all(abs(slow_correlation(each.ranks, other.ranks)) < 0.5 for other in kept):
            kept.append(each)
    library = library_of(LibrarySettings(max_corr=0.5))
    library.consider(batch)
    assert [member.expression for member in library.members] == [each.node.name for each in kept]
    assert 1 < len(kept) < 12


@pytest.fixture
def three():
    """Two panels alike, one apart."""
    one, apart = random_ranks(np.random.default_rng(0), 2, 30, 40, common=0.0)
    return one, opposite(one), apart


def test_a_candidate_near_one_member_replaces_it_only_by_the_margin(three):
    one, alike, apart = three
    library = library_of(LibrarySettings())
    library.consider([candidate("first", 1.0, one), candidate("apart", 0.5, apart)])
    (weak,) = library.consider([candidate("rival", 1.3, alike)])
    assert weak.verdict is Verdict.REJECTED
    assert "first (-1.000)" in weak.reason
    assert "does not beat 1.3 x 1" in weak.reason
    (strong,) = library.consider([candidate("rival", 1.31, alike)], round_number=2)
    assert strong.verdict is Verdict.REPLACED
    assert strong.displaced.expression == "first"
    assert [(m.expression, m.round) for m in library.members] == [("apart", 0), ("rival", 2)]


def test_a_candidate_near_two_members_is_rejected_whatever_its_score(three):
    one, _, apart = three
    both = twice_ranks(one.astype(float) + apart)
    library = library_of(LibrarySettings(max_corr=0.5))
    library.consider([candidate("a", 1.0, one), candidate("b", 1.0, apart)])
    (decision,) = library.consider([candidate("both", 100.0, both)])
    assert decision.verdict is Verdict.REJECTED
    assert "correlates with 2 members, most with" in decision.reason


def test_in_a_full_library_a_candidate_replaces_the_worst_member_only_by_the_margin(three):
    one, _, apart = three
    another = random_ranks(np.random.default_rng(9), 1, 30, 40, common=0.0)[0]
    library = library_of(LibrarySettings(max_size=2))
    library.consider([candidate("good", 2.0, another), candidate("poor", 1.0, one)])
    (weak,) = library.consider([candidate("new", 1.2, apart)])
    assert "full and its worst member is poor" in weak.reason
    (strong,) = library.consider([candidate("new", 1.4, apart)])
    assert strong.displaced.expression == "poor"
    assert [member.expression for member in library.members] == ["good", "new"]


def test_a_member_is_not_admitted_twice_and_a_low_score_not_at_all(three):
    library = library_of(LibrarySettings(min_score=0.2))
    library.consider([candidate("a", 1.0, three[0])])
    reasons = [d.reason for d in library.consider([candidate("a", 9.0, three[0]), candidate("b", 0.2, three[2])])]
    assert reasons[0] == "it is a member already"
    assert "not above min_score 0.2" in reasons[1]


def test_a_member_is_known_by_its_canonical_form(three):
    doubled = call("neg", (call("neg", (field("close"),)),))
    library = library_of(LibrarySettings())
    library.consider([Candidate(doubled, 1.0, -1, {}, {}, three[0])])
    assert library.members[0].expression == "close"
    assert library.members[0].key == field("close").key


def test_facts_that_cannot_be_are_refused(three):
    library = library_of(LibrarySettings())
    for wrong, message in (
        (Candidate(field("x"), 1.0, 0, {}, {}, three[0]), "orientation: got 0, expected 1 or -1"),
        (Candidate(field("x"), 1.0, 1, {"icir": math.inf}, {}, three[0]), r"train\.icir: got inf"),
        (Candidate(field("x"), math.nan, 1, {}, {}, three[0]), "score: got nan"),
    ):
        with pytest.raises(LibraryError, match=rf"library member\.{message}"):
            library.consider([wrong])
    with pytest.raises(LibraryError, match="1 members and 0 rank panels"):
        library_of(LibrarySettings()).restore([Member("x", "k", 1, 1.0, {}, {}, 0)], [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_size", 0),
        ("max_size", 2.5),
        ("max_corr", 0.0),
        ("max_corr", 1.1),
        ("max_corr", math.nan),
        ("replace_margin", 0.9),
        ("min_score", -0.1),
        ("min_score", True),
    ],
)
def test_an_impossible_setting_is_refused_by_name(name, value):
    with pytest.raises(ConfigError, match=rf"library\.{name}"):
        LibrarySettings(**{name: value})
