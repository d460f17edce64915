"""Laws of the logs: every record says where the run stood, and nothing stays attached."""

from __future__ import annotations

import json
import logging
import threading

import pytest

from dfqgp.mining.logs import PACKAGE, open_logs

logger = logging.getLogger(f"{PACKAGE}.somewhere.deep")


def lines(folder, run="r"):
    return [json.loads(line) for line in (folder / f"{run}.jsonl").read_text(encoding="utf-8").splitlines()]


def test_records_carry_run_round_and_generation(tmp_path):
    with open_logs(tmp_path, "r") as binding:
        logger.info("start")
        binding.bind(round=1, generation=2)
        logger.warning("%d of %s", 3, "é", extra={"best": 0.5})
    first, second = lines(tmp_path)
    assert (first["run"], first["round"], first["generation"], first["message"]) == ("r", None, None, "start")
    assert (second["round"], second["generation"], second["message"]) == (1, 2, "3 of é")
    assert (second["level"], second["best"], second["logger"]) == ("WARNING", 0.5, logger.name)


def test_records_of_other_threads_carry_them_too(tmp_path):
    with open_logs(tmp_path, "r") as binding:
        binding.bind(round=4, generation=5)
        thread = threading.Thread(target=logger.info, args=("hello",))
        thread.start()
        thread.join()
    assert [(line["round"], line["generation"]) for line in lines(tmp_path)] == [(4, 5)]


def test_people_read_the_same_on_stderr(tmp_path, capsys):
    with open_logs(tmp_path, "r") as binding:
        binding.bind(round=1, generation=2)
        logger.info("seen")
    shown = capsys.readouterr()
    assert shown.err.rstrip().endswith("INFO r r1 g2 seen")
    assert shown.out == ""


def test_errors_bring_their_traceback_in_one_line(tmp_path):
    with open_logs(tmp_path, "r"):
        try:
            int("why")
        except ValueError:
            logger.exception("failed")
    (line,) = lines(tmp_path)
    assert "ValueError: invalid literal" in line["error"]


def test_a_resumed_run_appends(tmp_path):
    for text in ("one", "two"):
        with open_logs(tmp_path, "r"):
            logger.info(text)
    assert [line["message"] for line in lines(tmp_path)] == ["one", "two"]


def test_nothing_stays_attached_even_after_an_error(tmp_path):
    package = logging.getLogger(PACKAGE)
    before = package.level, list(package.handlers)
    with pytest.raises(RuntimeError), open_logs(tmp_path, "r", logging.DEBUG):
        raise RuntimeError
    assert (package.level, list(package.handlers)) == before


def test_records_below_the_level_are_dropped(tmp_path):
    with open_logs(tmp_path, "r", logging.WARNING):
        logger.info("quiet")
        logger.warning("loud")
    assert [line["message"] for line in lines(tmp_path)] == ["loud"]
