"""Laws of what people see: the command, its table and page, from_frame, and the report of a notebook."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from quality.damages import DAMAGES

import dfqgp as dq
from dfqgp.check import run
from dfqgp.errors import ConfigError, DataQualityError
from dfqgp.quality import CATALOGUE
from dfqgp.quality.catalogue import LIMITS

SMALL = ["segments.min_scored_days=5"]


@pytest.fixture
def command(tmp_path, market):
    """Runs the command on a damaged market (or the good one) and returns code, page and what was said."""

    def run_it(capsys, damage=None, *overrides):
        frame = market if damage is None else DAMAGES[damage](market)[0]
        frame.to_parquet(tmp_path / "prices.parquet")
        paths = [f"paths.{name}={tmp_path / name}" for name in ("out", "data")]
        code = run(["source=files", f"source.path={tmp_path / 'prices.parquet'}", *SMALL, *paths, *overrides])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_it


def test_good_data_are_accepted_with_a_table_and_a_page(command, capsys):
    code, out, err = command(capsys)
    assert (code, err) == (0, "")
    path = out.splitlines()[-1]
    assert re.fullmatch(r".*/out/quality/[0-9a-f]{32}\.html", path)
    assert "Measured and silent: thin_days" in out.replace("\n", " ")
    page = Path(path).read_text(encoding="utf-8")
    assert "The data are accepted" in page
    assert page.count("<svg") >= 5


def test_damaged_data_are_refused_and_a_limit_accepts_them_without_a_build(command, capsys):
    code, out, err = command(capsys, "one_stock_in_cents")
    assert code == 2
    assert "3 findings are above their limit" in err
    assert out.count("│ refused") == 3
    limits = [f"quality.limits.{name}=null" for name in ("amount_stocks", "amount_cells", "turnover_stocks")]
    again, told, _ = command(capsys, "one_stock_in_cents", *limits)
    assert again == 0
    assert told.splitlines()[-1] == out.splitlines()[-1], "limits are no part of the panel's key"
    assert "amount_stocks" in told


def test_what_cannot_be_meant_is_refused_in_one_line(command, capsys):
    code, out, err = command(capsys, None, "quality.limits.leak=1")
    assert (code, out) == (2, "")
    assert err == (
        "dfqgp: config quality.limits.leak: got 1.0, expected the name of a finding; did you mean 'leaks'?\n"
    )


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_the_page_needs_nothing_from_elsewhere(command, capsys):
    _, out, _ = command(capsys, "half_the_days_in_cents")
    text = Path(out.splitlines()[-1]).read_text(encoding="utf-8")
    tags = Page(text).tags
    assert not [tag for tag, _ in tags if tag in {"script", "link", "img", "iframe", "image"}]
    links = [value for _, attrs in tags for name, value in attrs.items() if name in {"href", "src", "xlink:href"}]
    assert all(value.startswith("#") for value in links)
    assert not re.search(r"url\((?!#)|@import", text)
    assert "impossible_jumps" in text
    assert "The data are refused" in text


def test_the_same_report_gives_the_same_page(command, capsys):
    pages = [Path(command(capsys)[1].splitlines()[-1]).read_text(encoding="utf-8") for _ in range(2)]
    assert pages[0] == pages[1]


def test_from_frame_refuses_and_can_be_told_not_to(market, caplog):
    damaged = DAMAGES["one_stock_in_cents"](market)[0]
    with pytest.raises(DataQualityError, match=r"Panel\.from_frame: the data are refused \(3 findings") as caught:
        dq.Panel.from_frame(damaged)
    assert "quality.limits.amount_stocks=null accepts it" in str(caught.value)
    panel = dq.Panel.from_frame(damaged, quality="report")
    assert "amount_stocks" in caplog.text
    caplog.clear()
    same = [dq.Panel.from_frame(damaged, quality=each).fingerprint() for each in ("off", dict.fromkeys(LIMITS))]
    assert set(same) == {panel.fingerprint()}
    with pytest.raises(ConfigError, match=r"quality\.action: got 'maybe'"):
        dq.Panel.from_frame(market, quality="maybe")


def test_a_good_table_says_nothing(market, caplog):
    dq.Panel.from_frame(market[market["code"] < "000040"], min_listed_days=60, quality={"lone_stocks": None})
    assert [record for record in caplog.records if "lone_stocks" not in record.getMessage()] == []


def test_a_notebook_shows_the_report(market, tmp_path):
    report = dq.check_table(DAMAGES["turnover_in_percent"](market)[0])
    assert [each.name for each in report.refused] == ["turnover_level", "turnover_high"]
    assert report.to_frame().loc["turnover_high", "state"] == "refused"
    assert "turnover_level" in repr(report)
    assert "<table>" in report._repr_html_()
    report.write(tmp_path / "page.html")
    assert "<svg" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert dq.check_table(market, limits={"turnover_high": 0.0}).refused[0].name == "turnover_high"


@pytest.mark.parametrize("seed", range(10))
def test_tables_of_chance_are_small_evidence(seed):
    """What people type into a notebook to try things: no market at all."""
    rng = np.random.default_rng(seed)
    dates = pd.bdate_range("2024-01-01", periods=60)
    frame = pd.DataFrame([(d, c) for c in "ABCDEFGH" for d in dates], columns=["date", "code"])
    price = rng.uniform(5, 15, len(frame))
    frame = frame.assign(open=price, high=price * 1.1, low=price * 0.9, close=price, volume=100, amount=100 * price)
    assert dq.Panel.from_frame(frame).shape == (60, 8)


def test_every_finding_has_words_and_a_place_in_the_page_of_findings():
    text = (Path(__file__).parents[2] / "docs" / "quality.md").read_text(encoding="utf-8")
    for name, kind in CATALOGUE.items():
        limit = "none" if kind.limit is None else f"{kind.limit:g}"
        assert re.search(rf"\| `{name}` \|.*\| {re.escape(limit)} \|", text), name
