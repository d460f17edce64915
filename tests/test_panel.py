"""Laws of the masks of a panel: checked, cut with the rows, and part of the fingerprint."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from panels import random_panel

from dfqgp.errors import PanelError

PANEL = random_panel(12, 5, origin=3)


@pytest.mark.parametrize("name", ["universe", "buyable", "sellable"])
def test_a_mask_of_another_shape_or_type_is_refused_by_name(name):
    for wrong in (np.ones((12, 4), dtype=bool), np.ones((12, 5), dtype=np.int8)):
        with pytest.raises(PanelError, match=name):
            replace(PANEL, **{name: wrong})


@pytest.mark.parametrize("name", ["universe", "buyable", "sellable"])
def test_one_cell_of_a_mask_changes_the_fingerprint(name):
    changed = getattr(PANEL, name).copy()
    changed[7, 2] ^= True
    assert replace(PANEL, **{name: changed}).fingerprint() != PANEL.fingerprint()


def test_rows_are_cut_from_every_mask():
    part = PANEL.rows(2, 9)
    for name in ("universe", "buyable", "sellable"):
        np.testing.assert_array_equal(getattr(part, name), getattr(PANEL, name)[2:9])


def test_a_panel_without_a_rule_for_selling_has_none_in_its_rows_and_its_own_fingerprint():
    free = replace(PANEL, sellable=None)
    assert free.rows(2, 9).sellable is None
    everywhere = replace(PANEL, sellable=np.ones(PANEL.shape, dtype=bool))
    assert len({PANEL.fingerprint(), free.fingerprint(), everywhere.fingerprint()}) == 3


@pytest.mark.parametrize(("start", "stop"), [(5, 99), (-1, 3), (4, 4)])
def test_rows_outside_are_refused(start, stop):
    with pytest.raises(PanelError, match=f"{start}:{stop}"):
        PANEL.rows(start, stop)
