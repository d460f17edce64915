"""Long tables as arrays, on the host or on a CUDA device, and cuDF, which reads them there."""

from dfqgp.frames.columns import Array, Columns, host
from dfqgp.frames.device import Frames, open_frames

__all__ = ["Array", "Columns", "Frames", "host", "open_frames"]
