"""What planned work costs a device, from plans alone: neither numba-cuda nor CuPy is needed."""
