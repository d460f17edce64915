"""Measures of the panel's cells: members of the universe, groups and fields."""

from dfqgp.quality.cells.fields import field_findings, missing_shares
from dfqgp.quality.cells.members import member_findings, members_a_day

__all__ = ["field_findings", "member_findings", "members_a_day", "missing_shares"]
