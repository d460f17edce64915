"""Time and memory of the daily features of minute bars, against the number of days.

    python benchmarks/intraday.py [--stocks 300] [--days 15 30 60]

Bars are simulated (240 a stock and day) and written to a temporary folder: one file per day, and all days in one file
that is sorted by time. Each figure is of a process of its own: seconds, and how far its largest resident memory is
above what it held before it read the first bar; Linux only. "again" is a second run with one more day: it computes that
day alone.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dfqgp.features.intraday import IntradayLake, IntradaySettings
from dfqgp.sources.synthetic import SyntheticSettings, make_market, make_minutes

ROW_GROUP = 100_000  # bars, about 1.4 days of 300 stocks


def write(folder: Path, stocks: int, days: int) -> list[Path]:
    """Write bars by day and, up to each of the days, in one sorted file; return the files by day."""
    market = make_market(SyntheticSettings(assets=stocks, days=days))
    files = []
    for bars in make_minutes(market):
        table = pa.Table.from_pandas(bars.sort_values(["time", "code"]), preserve_index=False)
        files.append(folder / f"{bars['time'].iloc[0]:%Y-%m-%d}.parquet")
        pq.write_table(table, files[-1])
    return files


def links(files: list[Path], folder: Path) -> Path:
    folder.mkdir()
    for file in files:
        (folder / file.name).hardlink_to(file)
    return folder


def one_file(files: list[Path], path: Path) -> Path:
    with pq.ParquetWriter(path, pq.read_schema(files[0])) as writer:
        for file in files:
            writer.write_table(pq.read_table(file), row_group_size=ROW_GROUP)
    return path


def measured(bars: Path, lake: Path) -> str:
    """Return what a process of its own prints for one update."""
    command = [sys.executable, __file__, "--bars", str(bars), "--lake", str(lake)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 -- this file


def update(bars: str, lake: str) -> str:
    """Update once; return days computed, seconds and MiB above the start."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew at what is held now
    before, start = peak(), time.perf_counter()
    found = IntradayLake(IntradaySettings(path=bars), Path(lake)).update(Path(lake))
    took, grown = time.perf_counter() - start, peak() - before
    return f"{len(found.computed)} | {took:.1f} | {grown:.0f}"


def peak() -> float:
    """Return the most resident memory since the peak was set back, in MiB."""
    status = Path("/proc/self/status").read_text().split("VmHWM:")[1]
    return int(status.split()[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stocks", type=int, default=300)
    parser.add_argument("--days", type=int, nargs="+", default=[15, 30, 60])
    parser.add_argument("--bars")
    parser.add_argument("--lake")
    given = parser.parse_args()
    if given.bars:
        print(update(given.bars, given.lake))
        return
    print("| layout | days | days computed | seconds | MiB above the start |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "all").mkdir()
        files = write(folder / "all", given.stocks, max(given.days) + 1)
        for days in given.days:
            bars = links(files[:days], folder / f"days{days}")
            print(f"| by day | {days} | {measured(bars, folder / f'lake{days}')} |", flush=True)
            (bars / files[days].name).hardlink_to(files[days])
            print(f"| again | {days + 1} | {measured(bars, folder / f'lake{days}')} |", flush=True)
            path = one_file(files[:days], folder / f"{days}.parquet")
            print(f"| one file | {days} | {measured(path, folder / f'one{days}')} |", flush=True)


if __name__ == "__main__":
    main()
