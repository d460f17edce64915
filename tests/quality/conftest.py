from __future__ import annotations

import pytest

from dfqgp.features import assemble
from dfqgp.features.rows import columns_of
from dfqgp.quality import measure
from dfqgp.sources import SyntheticSettings, open_source


@pytest.fixture(scope="session")
def market():
    """A good table: 50 stocks, 240 days."""
    return open_source(SyntheticSettings(assets=50, days=240, seed=3)).load().frame


@pytest.fixture(scope="session")
def report_of():
    """Measures a frame that keeps the contract, damaged or not."""

    def report(frame, **settings):
        columns = columns_of(frame)
        return measure(columns, assemble(columns, **settings))

    return report
