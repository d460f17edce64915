"""Every damage of the catalogue becomes what docs/damages.md says, by the words that it names."""

from __future__ import annotations

import logging

import pytest
from damages.catalogue import TOPICS
from damages.damage import Damage, FileDamage, good_table
from damages.outcome import Judge
from damages.page import page

from dfqgp.sources import FilesSettings, open_source

DAMAGES = [damage for damages in TOPICS.values() for damage in damages]
LOUD = {"refused", "reported", "repaired"}


@pytest.fixture(scope="module")
def judge():
    return Judge(good_table())


@pytest.fixture(scope="module")
def real_judge(real_table_path):
    return Judge(open_source(FilesSettings(layout="ashare_daily", path=str(real_table_path))).load().frame)


def test_the_page_is_the_catalogue(pytestconfig):
    written = (pytestconfig.rootpath / "docs" / "damages.md").read_text(encoding="utf-8")
    assert written == page(), "run scripts/list_damages.py"


def test_at_least_sixty_damages_have_different_names():
    names = [damage.what for damage in DAMAGES]
    assert len(set(names)) == len(names) >= 60


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.what)
def test_the_outcome_is_that_of_the_page(judge, damage: Damage | FileDamage):
    seen = judge.see(damage)
    assert seen.outcome == damage.outcome, seen.words
    assert damage.words in seen.words


@pytest.mark.exhaustive
@pytest.mark.parametrize("damage", [d for d in DAMAGES if isinstance(d, Damage)], ids=lambda damage: damage.what)
def test_what_is_noticed_in_a_small_market_is_noticed_in_a_real_one(real_judge, damage, caplog):
    """A single cell among 370,000 may be reported where it refuses a small table; it is never passed over."""
    caplog.set_level(logging.CRITICAL)
    seen = real_judge.see(damage)
    assert (seen.outcome in LOUD) == (damage.outcome in LOUD), seen.words
