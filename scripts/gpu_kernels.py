"""Compile every GPU kernel without a device and write docs/gpu_kernels.md.

    python scripts/gpu_kernels.py [--architectures 80 90] [--json]

Fails where a kernel does not compile, spills, or uses local memory without a reason. With ``--json`` it prints figures
and versions instead of writing the page.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from gpu_gate import UNIVERSES, find_ptxas, measure, page, sources_of, versions

PAGE = Path(__file__).resolve().parents[1] / "docs" / "gpu_kernels.md"


def main() -> None:
    """Compile, complain, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--architectures", type=int, nargs="+", help="compute capabilities times ten; default: all")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if os.environ.get("NUMBA_ENABLE_CUDASIM", "0") != "0":
        sys.exit("NUMBA_ENABLE_CUDASIM is set: the simulator compiles nothing. Unset it and run again.")
    # Only now, as numba reads the variable when it is imported.
    from dfqgp.backends.gpu.inventory import all_kernels  # noqa: PLC0415
    from dfqgp.backends.gpu.kernels.compile import ptx_of  # noqa: PLC0415

    ptxas = find_ptxas()
    figures = measure(all_kernels, ptx_of, ptxas, options.architectures or ptxas.known())
    if options.json:
        print(json.dumps({"versions": versions(ptxas), "figures": figures}))
    else:
        sources = sources_of(all_kernels(UNIVERSES[0]))
        PAGE.write_text(page(figures, versions(ptxas), sources), encoding="utf-8")
    sys.exit("\n".join(each.complaint for each in figures if each.complaint) or 0)


if __name__ == "__main__":
    main()
