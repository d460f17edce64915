"""Laws of the configuration: conf/ and the records agree, and what cannot be meant is one clear error."""

from __future__ import annotations

import re
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import get_args

import pytest
import yaml
from hydra import compose, initialize_config_dir

import dfqgp
from dfqgp.backends import BackendSettings
from dfqgp.config import OPEN_SECTIONS, Config, check, conf_dir, jobs, load, normalise_overrides, typed
from dfqgp.errors import ConfigError
from dfqgp.sources import FilesSettings, SourceSettings

FILES = ["source=files", "source.path=prices.csv"]


@pytest.fixture(scope="module")
def default():
    return load()


def test_the_values_of_conf_are_the_defaults_of_the_records(default):
    assert default == Config()


def test_conf_shows_every_key_of_every_record():
    with initialize_config_dir(version_base="1.3", config_dir=str(conf_dir())):
        composed = compose("config")
    for section in fields(Config):
        if section.name != "source" and is_dataclass(getattr(Config(), section.name)):
            assert set(composed[section.name]) == {spec.name for spec in fields(getattr(Config(), section.name))}


@pytest.mark.parametrize("record", get_args(SourceSettings))
def test_the_source_files_show_every_key_that_their_source_reads(record):
    shown = yaml.safe_load((conf_dir() / "source" / f"{record.name}.yaml").read_text(encoding="utf-8"))
    assert set(shown) == {spec.name for spec in fields(record)}
    assert shown["name"] == record.name


def test_the_sections_with_free_keys_are_those_that_conf_shows_empty():
    empty = set()
    for section, file in (("source", "files"), ("intraday", "default")):
        shown = yaml.safe_load((conf_dir() / section / f"{file}.yaml").read_text(encoding="utf-8"))
        empty |= {f"{section}.{key}" for key, value in shown.items() if value == {}}
    assert empty == set(OPEN_SECTIONS)


@pytest.mark.parametrize("path", sorted(conf_dir().rglob("*.yaml")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_key_is_explained_by_a_comment(path):
    text = path.read_text(encoding="utf-8").partition("\nhydra:")[0]
    assert text.startswith("#")
    keys = [line for line in text.splitlines() if re.match(r" *\w+: *\S", line) and path.parent.name != "backend"]
    assert [line for line in keys if "#" not in line and not line.startswith("name:")] in ([], ["  name: cpu"])


def test_the_help_states_the_defaults_that_hold(default):
    conf = yaml.safe_load((conf_dir() / "config.yaml").read_text(encoding="utf-8"))
    stated = re.findall(r"^ +([a-z]+(?:\.[a-z_]+)?)=\S+ +\((.+?)\)", conf["hydra"]["help"]["template"], re.MULTILINE)
    assert len(stated) >= 10
    for key, value in stated:
        node = asdict(default)
        for part in key.split("."):
            node = node[part]
        assert str(node["name"] if isinstance(node, dict) else node) == value, key


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        ([], "cpu"),
        (["+backend=cpu"], "cpu"),
        (["backend=cpu"], "cpu"),
        (["backend=reference"], "reference"),
        (["+backend=gpu"], "gpu"),
    ],
)
def test_backend_may_be_named_with_or_without_plus(overrides, name):
    assert load([*overrides, "backend.threads=2"]).backend == BackendSettings(name=name, threads=2)


def test_overrides_reach_the_records():
    config = load(["gp.population=50", "gp.windows=[5,7]", "fitness.ridge=1", "paths.out=elsewhere", "seed=3"])
    assert (config.gp.population, config.gp.windows, config.seed) == (50, (5, 7), 3)
    assert (config.fitness.ridge, config.paths.out) == (1.0, "elsewhere")


def test_a_file_source_takes_maps():
    config = load([*FILES, "source.columns={close:last}", "+source.units.pe=ratio"])
    assert config.source == FilesSettings(path="prices.csv", columns={"close": "last"}, units={"pe": "ratio"})


REFUSED = {
    "gp.population=abc": "config gp.population: got 'abc', expected a valid integer",
    "gp.population=1.5": "config gp.population: got 1.5, expected a valid integer",
    "gp.population=true": "config gp.population: got True, expected a valid integer",
    "gp.population=null": "config gp.population: got None, expected a valid integer",
    "gp.population=1": "config gp.population: got 1, expected a number greater than or equal to 2",
    "gp.popsize=3": "config gp.popsize: got an unknown key, expected a key of gp; did you mean 'population'?",
    "+gp.popsize=3": "config gp.popsize: got an unknown key, expected a key of gp; did you mean 'population'?",
    "++gp.popsize=3": "config gp.popsize: got an unknown key, expected a key of gp; did you mean 'population'?",
    "sead=3": "config sead: got an unknown key, expected a key of the top level; did you mean 'seed'?",
    "gp.windows=[5,a]": "config gp.windows[1]: got 'a', expected a valid integer",
    "gp.typed=maybe": "config gp.typed: got 'maybe', expected a valid boolean",
    "gp=3": "config gp: got gp=3, expected one of default; set single values as gp.KEY=VALUE",
    "label.entry=opne": "did you mean 'open'?",
    "label.horizon=0": "config label.horizon: got 0",
    "segments.train=0.9": "config segments.train + valid + holdout",
    "universe.min_listed_days=-1": "config universe.min_listed_days: got -1",
    "engine.budget=-1": "config engine.budget: got -1",
    "engine.block=0": "config engine.block: got 0",
    "fitness.metric=ic_ir": "config fitness.metric: got 'ic_ir', expected one of icir, ic, hac_t; did you mean 'icir'?",
    "fitness.winsor=0.5": "config fitness.winsor: got 0.5",
    "fitness.ridge=nan": "config fitness.ridge: got nan",
    "fitness.corr_penalty=inf": "config fitness.corr_penalty: got inf",
    "library.max_size=0": "config library.max_size: got 0",
    "backend=tpu": "config backend: got 'tpu', expected one of cpu, gpu, reference",
    "backend.name=tpu": "config backend.name: got 'tpu', expected one of cpu, gpu, reference",
    "backend.threads=-1": "config backend.threads: got -1",
    "source=file": "config source: got 'file', expected one of akshare, ashare_daily, baostock, files,",
    "source=files": "config source.path: got '', expected a file, folder or glob pattern; set source.path=FILE",
    "source.path=prices.csv": "expected a key of source; choose source=files or qlib for it",
    "source.asets=3": "config source.asets: got an unknown key, expected a key of source; did you mean 'assets'?",
    "source.name=synthetik": "config source.name: got 'synthetik', expected one of synthetic, files, qlib, sql",
    "source.name=[files]": "config source.name: got a list, expected one of synthetic",
    "source.name=files": "source.assets: got an unknown key, expected a key of source; choose source=synthetic for it",
    "++source=3": "config source: got ++source=3, expected one of",
    "paths.out=": "config paths.out: got '', expected a string with at least 1 character",
    "paths.out=3": "config paths.out: got 3, expected a valid string",
    "seed=-1": "config seed: got -1, expected a number greater than or equal to 0",
    "seed=${nope}": "config seed: got an error (Interpolation key 'nope' not found)",
    "seed=???": "config seed: got an error (Missing mandatory value: seed)",
    "gp.population": "config gp.population: got an error",
    "gp.population=[1": "config gp.population=[1: got an error",
    "gp.population=10,20": "config gp.population: got '10,20', expected one value; add -m",
}


@pytest.mark.parametrize("override", REFUSED)
def test_what_cannot_be_meant_is_one_line_that_names_key_and_expectation(override):
    with pytest.raises(ConfigError) as caught:
        check([override], multirun=False)
    assert REFUSED[override] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_keys_of_another_source_are_refused():
    with pytest.raises(ConfigError, match=r"source\.assets: got an unknown key, .* choose source=synthetic"):
        load([*FILES, "+source.assets=3"])


def test_a_key_that_hydra_lets_through_is_refused_by_the_records():
    with initialize_config_dir(version_base="1.3", config_dir=str(conf_dir())):
        composed = compose("config", overrides=["+gp.popsize=3"])
    with pytest.raises(ConfigError, match="popsize"):
        typed(composed)


def test_a_multirun_checks_every_combination_before_the_first_runs():
    good = check(["gp.population=100,200", "backend=cpu,reference", "seed=1"], multirun=True)
    assert [(each.gp.population, each.backend.name, each.seed) for each in good] == [
        (population, name, 1) for population in (100, 200) for name in ("cpu", "reference")
    ]
    with pytest.raises(ConfigError, match=r"gp\.population: got 'abc'"):
        check(["gp.population=100,abc"], multirun=True)


def test_an_interval_needs_a_sweeper_that_can_draw_from_it():
    with pytest.raises(ConfigError, match="values with commas"):
        check(["gp.crossover=interval(0,1)"], multirun=True)
    assert list(jobs(["hydra/sweeper=optuna", "gp.crossover=interval(0,1)"], multirun=True)) == []


def test_the_run_id_ignores_what_never_changes_a_result(default):
    free = ["paths.out=a", "paths.state=b", "paths.data=c", "backend.threads=3", "engine.budget=99"]
    assert load(free).run_id("data", "s") == default.run_id("data", "s")


@pytest.mark.parametrize("override", ["seed=1", "gp.population=299", "backend=reference", "universe.exclude_st=false"])
def test_the_run_id_follows_what_changes_a_result(override, default):
    assert load([override]).run_id("data", "s") != default.run_id("data", "s")
    assert len({default.run_id(*parts) for parts in [("data", "s"), ("other data", "s"), ("data", "other")]}) == 3


def test_the_run_id_follows_what_the_seeds_say_and_not_where_they_lie(default, tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text("# a remark\nclose / open\n" if name == "one" else "close / open")
    (tmp_path / "three.txt").write_text("close / high")
    runs = [load([f"gp.seeds={tmp_path}/{name}.txt"]).run_id("data", "s") for name in ("one", "two", "three")]
    assert runs[0] == runs[1]
    other = load([f"gp.seeds={tmp_path}/one.txt", "gp.seeds_dialect=qlib"]).run_id("data", "s")
    assert len({*runs, other, default.run_id("data", "s")}) == 4
    assert load(["gp.seeds_dialect=qlib"]).run_id("data", "s") == default.run_id("data", "s")


def test_seeds_that_are_not_there_are_an_error(tmp_path):
    with pytest.raises(ConfigError, match=r"gp\.seeds, .*absent\.txt: got no readable file"):
        load([f"gp.seeds={tmp_path}/absent.txt"]).run_id("data", "s")
    with pytest.raises(ConfigError, match=r"gp\.seeds_dialect: got 'qilb'.*did you mean 'qlib'"):
        load(["gp.seeds_dialect=qilb"])


def test_conf_is_found_beside_a_checkout_or_inside_the_package():
    assert conf_dir() in {Path(__file__).parents[2] / "conf", Path(dfqgp.__file__).parent / "conf"}


@pytest.mark.parametrize(
    "query",
    [
        "select * from daily",
        "select date, code from read_parquet('lake/*/*.parquet') using (code) where x = '{a: 1}'",
        "select \"收盘\" as close, \"a b\", 'it''s' from daily -- [1, 2]",
        "daily.sql",
    ],
)
def test_a_query_is_taken_as_it_stands_on_the_command_line(query):
    override = f"source.query={query}"
    assert load(["source=sql", override]).source.query == query
    assert normalise_overrides(normalise_overrides([override])) == normalise_overrides([override])
    (job,) = jobs(["source=sql", override], multirun=True)
    assert load(job).source.query == query


@pytest.mark.parametrize("sign", [";", ",", "|", "\t", "=", "#"])
def test_a_sign_that_means_something_to_hydra_is_a_separator_as_it_stands(sign):
    for job in (*jobs([*FILES, f"source.separator={sign}"], multirun=False), [*FILES, f"source.separator='{sign}'"]):
        assert load(job).source.separator == sign
