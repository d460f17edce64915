"""What runs in a process of its own is not collected."""

collect_ignore = ["check.py", "layer.py"]
