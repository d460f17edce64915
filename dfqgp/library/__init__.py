"""The factor library: admission by score and correlation, snapshots, export."""

from dfqgp.library.admission import Decision, Verdict
from dfqgp.library.correlation import RankPanels, check_ranks, cross_correlations
from dfqgp.library.export import export_members, member_table
from dfqgp.library.library import Library
from dfqgp.library.member import Candidate, Member
from dfqgp.library.settings import LibrarySettings
from dfqgp.library.snapshot import Snapshot, read_snapshot, write_snapshot

__all__ = [
    "Candidate",
    "Decision",
    "Library",
    "LibrarySettings",
    "Member",
    "RankPanels",
    "Snapshot",
    "Verdict",
    "check_ranks",
    "cross_correlations",
    "export_members",
    "member_table",
    "read_snapshot",
    "write_snapshot",
]
