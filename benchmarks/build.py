"""Time the build of a panel from a long table, and say how much memory each stage takes.

    python benchmarks/build.py [--stocks 5400] [--days 3600] [--yearly] [--layout ashare_daily] [--folder FOLDER]

A market is generated as one Parquet file sorted by code, or with --yearly as one a year, so that its rows have to be
sorted. Each measurement runs in a process of its own: what open_dataset does when nothing is stored yet, its stages one
by one, the same panel opened again, and as a yardstick pandas, which reads the same files and pivots one column. Peak
memory is that of the process, imports and memory maps included; Linux only.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from functools import wraps
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from whole_market import write_market

from dfqgp.dataset import DatasetSettings, open_dataset
from dfqgp.features import assemble
from dfqgp.quality import Report, measure, with_leaks
from dfqgp.sources import FilesSettings
from dfqgp.store import load_panel, save_panel

STORE = "lake"


class Stopwatch:
    """Collects seconds and peak memory by the names of stages."""

    def __init__(self) -> None:
        self.stages: dict[str, tuple[float, float]] = {}

    def timed(self, name, function):
        """Return a function that is measured under a name whenever it is called."""

        @wraps(function)
        def measured(*args, **kwargs):
            Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew at what is held now
            start = time.perf_counter()
            result = function(*args, **kwargs)
            self.stages[name] = time.perf_counter() - start, peak()
            return result

        return measured


def peak() -> float:
    """Return the most resident memory since the peak was set back, in GB."""
    status = Path("/proc/self/status").read_text().split("VmHWM:")[1]
    return int(status.split()[0]) * 1024 / 1e9


def settings_of(layout: str, path: Path):
    if layout == "none":
        columns, scales = {"turnover": "turnover_pct"}, {"turnover": 0.01}
        return DatasetSettings(FilesSettings(path=str(path), columns=columns, scales=scales))
    return DatasetSettings(FilesSettings(path=str(path), layout=layout))


def measure_open(watch: Stopwatch, layout: str, path: Path) -> None:
    shutil.rmtree(path.parent / STORE, ignore_errors=True)
    watch.timed("open_dataset", open_dataset)(settings_of(layout, path), path.parent / STORE)


def measure_again(watch: Stopwatch, layout: str, path: Path) -> None:
    watch.timed("open_dataset, stored", open_dataset)(settings_of(layout, path), path.parent / STORE)


def measure_stages(watch: Stopwatch, layout: str, path: Path) -> None:
    """Do what open_dataset does, stage by stage."""
    settings = settings_of(layout, path)
    opened = settings.source.open()
    watch.timed("fingerprint of the file", opened.fingerprint)()
    opened.read = watch.timed("read", opened.read)
    opened.check = watch.timed("check", opened.check)
    table = opened.load()
    panel = watch.timed("assemble", assemble)(table.columns, units=table.units, universe=settings.universe)
    watch.timed("measure", measure)(table.columns, panel)
    del table
    watch.timed("store", save_panel)(path.parent, "stages", panel, {})
    stop = panel.shape[0] * 4 // 5  # as the default segments
    del panel
    whole = load_panel(path.parent, "stages", full_check=False)
    part = watch.timed("load train and validation", whole.rows)(0, stop, copy=True)
    watch.timed("leaks", with_leaks)(Report("", 0, 0, 0, (), ()), part)


def measure_pandas(watch: Stopwatch, layout: str, path: Path) -> None:  # noqa: ARG001 - as the others
    frame = watch.timed("pandas.read_parquet", pd.read_parquet)(path)
    watch.timed("pivot of close", frame.pivot)(index="date", columns="code", values="close")


MEASURES = {"open": measure_open, "stages": measure_stages, "again": measure_again, "pandas": measure_pandas}


def in_process(name: str, layout: str, path: Path) -> dict[str, tuple[float, float]]:
    """Run one measurement in a fresh process."""
    command = [sys.executable, __file__, "--measure", name, "--layout", layout, "--folder", str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this very file
    return json.loads(done.stdout)


def report(options: argparse.Namespace, folder: Path) -> None:
    path = folder / f"{options.stocks}x{options.days}{'_yearly' * options.yearly}"
    if not path.exists():
        write_market(path, options.stocks, options.days, yearly=options.yearly)
    files = list(path.iterdir())
    rows = sum(pq.ParquetFile(file).metadata.num_rows for file in files)
    measured = {name: in_process(name, options.layout, path) for name in MEASURES}
    yardstick = sum(seconds for seconds, _ in measured["pandas"].values())
    market = f"{options.stocks} stocks x {options.days} days, {rows:,} rows"
    print(f"{market} in {len(files)} file(s), layout {options.layout}\n")
    print("| stage | s | million rows/s | times pandas | peak GB |\n|---|---|---|---|---|")
    for stages in measured.values():
        for name, (seconds, memory) in stages.items():
            figures = f"{seconds:.2f} | {rows / seconds / 1e6:.2f} | {seconds / yardstick:.2f} | {memory:.2f}"
            print(f"| {name} | {figures} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stocks", type=int, default=5400)
    parser.add_argument("--days", type=int, default=3600)
    parser.add_argument("--yearly", action="store_true", help="one file a year")
    parser.add_argument("--layout", choices=("ashare_daily", "none"), default="ashare_daily")
    parser.add_argument("--folder", type=Path, help="keeps what is generated; a temporary one by default")
    parser.add_argument("--measure", choices=MEASURES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        watch = Stopwatch()
        MEASURES[options.measure](watch, options.layout, options.folder)
        print(json.dumps(watch.stages))
    elif options.folder:
        report(options, options.folder)
    else:
        with tempfile.TemporaryDirectory() as folder:
            report(options, Path(folder))


if __name__ == "__main__":
    main()
