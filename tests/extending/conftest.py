"""Lets the tests of this folder import the extensions beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

# Declarations: importing one adds its operators to every other test of the process.
collect_ignore = ["boolean_operator.py", "one_of_each_form.py", "three_panels.py", "user_operator.py"]
