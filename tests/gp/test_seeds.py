"""Laws of formulas that a file gives to the first population."""

import logging

import pytest
from searches import TINY, WORDS, told

from dfqgp.errors import ConfigError
from dfqgp.expr import parse
from dfqgp.gp import Evolution, distinct_form
from dfqgp.gp.seeds import Seed, plant, read_seeds

FILE = """\
# formulas of several notations
cs_rank(close / open)

# dialect: alpha101
(-1 * correlation(open, volume, 10))
  # a remark
# dialect: qlib
Mean($close, 5)/$close
"""


def written(folder, text, encoding="utf-8"):
    path = folder / "seeds.txt"
    path.write_bytes(text.encode(encoding))
    return path


def planted(seeds, words=WORDS):
    search = Evolution(WORDS, TINY, [3])
    plant(search, seeds, words)
    return search


def test_a_file_says_lines_and_dialects(tmp_path):
    path = written(tmp_path, FILE)
    assert read_seeds(path, "dfqgp") == (
        Seed(f"{path}:2", "cs_rank(close / open)", "dfqgp"),
        Seed(f"{path}:5", "(-1 * correlation(open, volume, 10))", "alpha101"),
        Seed(f"{path}:8", "Mean($close, 5)/$close", "qlib"),
    )


def test_seeds_are_the_first_trees_of_the_first_generation_in_their_order(tmp_path):
    search = planted(read_seeds(written(tmp_path, FILE), "dfqgp"))
    texts = ("cs_rank(close / open)", "ts_corr(open, volume, 10)", "ts_mean(close, 5) / close")
    trees = search.ask()
    assert trees[:3] == [search_form(text) for text in texts]
    assert [each.birth.operator for each in search.pending()[:4]] == ["migrant"] * 3 + ["ramped"]
    assert len(trees) == TINY.population


def search_form(text):
    return distinct_form(parse(text, WORDS))


def test_a_formula_that_the_search_could_not_make_is_left_out_and_logged(caplog):
    texts = ["close + volume", "cs_rank(open)", "ts_mean(ts_mean(close, 200), 200)", "ts_mean(open, 5)", "2"]
    with caplog.at_level(logging.INFO):
        search = planted([Seed(f"f:{line}", text, "dfqgp") for line, text in enumerate(texts, start=1)])
    assert search.waiting == (search_form("cs_rank(open)"), search_form("ts_mean(open, 5)"))
    said = caplog.text
    assert "f:1: the formula is left out: its units do not agree" in said
    assert "f:3: the formula is left out: its lookback is 398" in said
    assert "f:5: the formula is left out" in said
    assert "5 seeds: 2 distinct ones enter, 3 are left out" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cs_rank(clsoe)", r"gp\.seeds, f:7: got position 9: unknown name 'clsoe', expected .*did you mean 'close'"),
        ("close +", "f:7: got position 8: the end of the text"),
        ("close + volume", "f:7: got 1 formulas, all left out"),
    ],
)
def test_a_formula_that_cannot_be_read_is_an_error_with_its_line(text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        planted([Seed("f:7", text, "dfqgp")])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "# dialect: alpha102\nclose",
            r"seeds.txt:1: got dialect 'alpha102', expected one of .*did you mean 'alpha101'",
        ),
        ("\n# nothing\n", "seeds.txt: got no formula"),
    ],
)
def test_a_file_that_says_nothing_is_refused(text, message, tmp_path):
    with pytest.raises(ConfigError, match=message):
        read_seeds(written(tmp_path, text), "dfqgp")


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no readable file"):
        read_seeds(tmp_path / "absent.txt", "dfqgp")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_seeds(written(tmp_path, "收盘", encoding="gb18030"), "dfqgp")


def test_seeds_beyond_the_first_population_wait(tmp_path):
    seeds = [Seed(f"f:{days}", f"ts_mean(returns, {days})", "dfqgp") for days in range(2, 32)]
    search = planted(seeds)
    first = search.ask()
    assert len(first) == TINY.population == len(seeds) - len(search.waiting)
    told(search, 1)
    assert search.ask()[TINY.elites : TINY.population] == [search_form(each.text) for each in seeds[15:28]]
