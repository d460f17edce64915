"""The embedded default market, with planted signals of known strength."""

from dfqgp.sources.synthetic.market import make_market
from dfqgp.sources.synthetic.minutes import make_minutes, write_minutes
from dfqgp.sources.synthetic.plant import PLANTED, Planted
from dfqgp.sources.synthetic.source import SyntheticSettings, SyntheticSource

__all__ = ["PLANTED", "Planted", "SyntheticSettings", "SyntheticSource", "make_market", "make_minutes", "write_minutes"]
