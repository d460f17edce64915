"""Measure errors on hard inputs and write the tables of docs/numerics.md: ``python scripts/measure_accuracy.py``."""

import warnings
from pathlib import Path

from accuracy.measure import errors
from accuracy.page import accuracy, others, with_table

from dfqgp.backends import BackendSettings, open_backend

PAGE = Path(__file__).resolve().parents[1] / "docs" / "numerics.md"


def main() -> None:
    """Measure the CPU backend and the other libraries."""
    page = PAGE.read_text(encoding="utf-8")
    page = with_table(page, "accuracy", accuracy(errors(open_backend(BackendSettings(name="cpu")))))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # what the other libraries say of their own overflows
        page = with_table(page, "others", others())
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
