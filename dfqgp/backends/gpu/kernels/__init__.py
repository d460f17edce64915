"""What runs on the device, and the one module that knows its compiler (``compile.py``)."""
