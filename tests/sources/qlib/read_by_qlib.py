"""Run by a Python that has qlib: the fields of a folder as qlib reads them, written as a CSV file."""

import sys

import qlib
from qlib.data import D

FIELDS = ["$open", "$high", "$low", "$close", "$volume", "$amount", "$factor"]

if __name__ == "__main__":
    folder, market, output = sys.argv[1:]
    qlib.init(provider_uri=folder, region="cn", kernels=1, expression_cache=None, dataset_cache=None)
    frame = D.features(D.instruments(market), FIELDS, freq="day")
    frame.reset_index().to_csv(output, index=False, float_format="%.9g")
