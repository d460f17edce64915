"""What is read of a folder is what qlib reads of it.

qlib pins other versions of what this package uses, so it has a Python of its own: name it with DFQGP_QLIB_PYTHON.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from qlib_folders import write_folder

from dfqgp.sources import QlibSettings, SyntheticSettings, open_source

pytestmark = pytest.mark.exhaustive

PRICES = ["$open", "$high", "$low", "$close"]


@pytest.fixture
def folder(tmp_path):
    """A folder of a synthetic market, with a market of two stocks, one of them with two ranges."""
    settings = SyntheticSettings(assets=15, days=120, suspension_rate=0.02, listed_later=0.4)
    frame = open_source(settings).load().frame
    root = write_folder(frame.assign(code=frame["code"].str[:6] + ".SZ"), tmp_path / "cn")
    ranges = (
        "SZ000001\t2019-01-10\t2019-02-20\n",
        "SZ000001\t2019-03-10\t2019-04-20\n",
        "SZ000002\t2019-01-02\t2099-12-31\n",
    )
    (root / "instruments" / "csi300.txt").write_text("".join(ranges))
    return root


def by_qlib(folder, market):
    """The rows with a price, as qlib reads them, with raw prices and volume."""
    python = os.environ.get("DFQGP_QLIB_PYTHON")
    if python is None:
        pytest.skip("no qlib: name a Python that has pyqlib with DFQGP_QLIB_PYTHON")
    output = folder.parent / "read.csv"
    program = Path(__file__).parent / "read_by_qlib.py"
    subprocess.run([python, "-W", "ignore", program, folder, market, output], check=True)
    frame = pd.read_csv(output, parse_dates=["datetime"]).dropna(subset=PRICES, how="all")
    frame["code"] = frame["instrument"].str[2:] + "." + frame["instrument"].str[:2]
    frame[PRICES] = frame[PRICES].div(frame["$factor"], axis=0)
    frame["$volume"] *= frame["$factor"]
    return frame.sort_values(["code", "datetime"], ignore_index=True)


@pytest.mark.parametrize("market", ["all", "csi300"])
def test_a_folder_is_read_as_qlib_reads_it(folder, market):
    expected = by_qlib(folder, market)
    frame = open_source(QlibSettings(path=str(folder), universe=market)).load().frame
    frame = frame[frame["in_universe"]].reset_index(drop=True)
    assert frame["code"].tolist() == expected["code"].tolist()
    assert frame["date"].tolist() == expected["datetime"].tolist()
    for name in ("open", "high", "low", "close", "volume", "amount"):
        np.testing.assert_allclose(frame[name], expected[f"${name}"], rtol=1e-6, err_msg=name)
    np.testing.assert_allclose(frame["adj_factor"], expected["$factor"], rtol=1e-6)
