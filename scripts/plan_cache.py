"""Plan which parts of known formulas to keep on disk.

    python scripts/plan_cache.py --library out/libraries/latest.json --budget 1e9 [source=files source.path=...]
    python scripts/plan_cache.py --formulas alpha101.csv --dialect alpha101 --budget 500e6

The plan goes to out/cache_plan/NAME.json; docs/cache_planner_spec.md says what it holds.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cache_options import add_options, exit_code, formulas_named, open_place

from dfqgp.cache import Costs, Manifest, measure_costs, plan_cache, read_costs
from dfqgp.expr import operators_of
from dfqgp.store import write_bytes


def main() -> int:
    """Read, plan, write, and print the plan."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--budget", type=float, required=True, help="bytes that the values may take")
    parser.add_argument("--parts", action="store_true", help="no formula as a whole unless it is a part of another one")
    parser.add_argument(
        "--costs", type=Path, help="a file of costs, by default those that operators declare; written by --measure"
    )
    parser.add_argument("--measure", action="store_true", help="measure the operators' costs first")
    parser.add_argument("--name", default="plan", help="of the plan's file")
    options = parser.parse_intermixed_args()
    return exit_code(lambda: plan(options))


def plan(options: argparse.Namespace) -> int:
    """Plan as the options say."""
    place = open_place(options.overrides)
    trees = formulas_named(options, place.dataset)
    path = place.folder / f"{options.name}.json"
    costs = Costs() if options.costs is None else read_costs(options.costs)
    if options.measure:
        costs = measure_costs(operators_of(trees), place.dataset.panel, place.backend, place.config.engine)
        costs.write(path.with_suffix(".costs.json"))
    made = plan_cache(trees, place.scope, int(options.budget), costs, whole=not options.parts)
    write_bytes(path, made.to_bytes())
    show(made)
    print(path)
    return 0


def show(made: Manifest) -> None:
    """Print the entries and what they save."""
    print(f"{'uses':>5} {'cost':>9} {'benefit':>9}  entry")
    for each in made.entries:
        print(f"{each.uses:5} {each.cost:9.1f} {each.benefit:9.1f}  {each.text}")
    share = made.saved / made.cost if made.cost else 0.0
    print(f"{len(made.entries)} entries, {made.size:,} of {made.budget:,} bytes")
    print(f"{made.saved:,.1f} of {made.cost:,.1f} saved ({share:.1%})")


if __name__ == "__main__":
    sys.exit(main())
