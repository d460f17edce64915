"""The embedded default market, with planted signals of known strength."""

from dfqgp.sources.synthetic.plant import PLANTED, Planted
from dfqgp.sources.synthetic.source import SyntheticSource, make_market

__all__ = ["PLANTED", "Planted", "SyntheticSource", "make_market"]
