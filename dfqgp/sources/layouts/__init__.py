"""Tables as vendors export them, brought to the data contract."""

from dfqgp.sources.layouts.apply import LAYOUTS_VERSION, check_table, finish, to_ours
from dfqgp.sources.layouts.codes import standard_code
from dfqgp.sources.layouts.factor import unadjust
from dfqgp.sources.layouts.settings import LayoutSettings, resolve
from dfqgp.sources.layouts.vendors import LAYOUTS, LayoutName

__all__ = [
    "LAYOUTS", "LAYOUTS_VERSION", "LayoutName", "LayoutSettings", "check_table", "finish", "resolve",
    "standard_code", "to_ours", "unadjust",
]  # fmt: skip
