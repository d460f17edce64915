"""Compute what a plan lists, and say what it saves.

    python scripts/materialize_cache.py out/cache_plan/plan.json [--library FILE] [--formulas FILE] [source=...]

Data, backend and settings have to be those of the plan. With formulas their evaluation one by one is timed without the
cache and with it. Exit code 1: an entry could not be computed, or values differ.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cache_options import Place, add_options, exit_code, formulas_named, open_place

from dfqgp.cache import Entries, Outcome, Savings, StoredValues, materialize, measure_savings, read_manifest
from dfqgp.store import to_json, write_bytes


def main() -> int:
    """Materialise, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path, help="as scripts/plan_cache.py wrote it")
    add_options(parser)
    options = parser.parse_intermixed_args()
    return exit_code(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Do as the options say."""
    place, plan = open_place(options.overrides), read_manifest(options.plan)
    entries = Entries(place.root, place.scope)
    outcome = materialize(plan, entries, place.dataset.panel, place.backend, place.config.engine)
    show_outcome(outcome)
    if not (options.library or options.formulas):
        return int(bool(outcome.failures))
    savings = measure(options, place, StoredValues(entries))
    write_bytes(options.plan.with_suffix(".savings.json"), f"{to_json(savings, indent=1)}\n".encode())
    return int(bool(outcome.failures) or not savings.equal)


def measure(options: argparse.Namespace, place: Place, values: StoredValues) -> Savings:
    """Evaluate the formulas without the cache and with it, and print both."""
    trees = formulas_named(options, place.dataset)
    found = measure_savings(trees, place.dataset.panel, place.backend, values, place.config.engine)
    damaged, seconds = len(values.refused), (found.seconds_without, found.seconds_with, found.seconds_again)
    print(f"hits: {found.hit} of {found.formulas} formulas read {found.given} values; {damaged} entries damaged")
    print(f"operators computed: {found.computed_without:,} without the cache, {found.computed_with:,} with it")
    print("seconds, formulas one by one: {:.3f} without, {:.3f} with, {:.3f} with and digests known".format(*seconds))
    print("values: the same bits" if found.equal else "values: DIFFERENT")
    return found


def show_outcome(outcome: Outcome) -> None:
    """Print what became of the plan."""
    counts = {
        "valid": outcome.valid,
        "written": outcome.written,
        "rebuilt": outcome.rebuilt,
        "removed": outcome.removed,
    }
    print(
        ", ".join(f"{len(each)} {name}" for name, each in counts.items()), f"{len(outcome.failures)} failures", sep=", "
    )
    for text, reason in outcome.failures.items():
        print(f"failed, {text}: {reason}")


if __name__ == "__main__":
    sys.exit(main())
