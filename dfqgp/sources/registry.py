"""The list of sources, and how to add one.

1. Write a folder beside this file: a frozen settings record whose ``name`` is a Literal with a default, and whose
   ``open`` returns the source, and the source itself (base.py).
2. Name the record in ``SourceSettings`` below.
3. Show its keys with comments in conf/source/NAME.yaml, and describe it in docs/sources.md.

A vendor's files need none of this but a declaration in layouts/vendors.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from dfqgp.sources.files import FilesSettings
from dfqgp.sources.qlib import QlibSettings
from dfqgp.sources.sql import SqlSettings
from dfqgp.sources.synthetic import SyntheticSettings

if TYPE_CHECKING:
    from dfqgp.sources.base import Source, SourceRecord

SourceSettings: TypeAlias = SyntheticSettings | FilesSettings | QlibSettings | SqlSettings
"""Settings of any source: a union of records, told apart by their ``name``."""


def open_source(settings: SourceRecord) -> Source:
    """Return the source that the settings belong to; nothing is read before ``load`` or ``fingerprint``.

    Examples
    --------
    >>> open_source(SyntheticSettings(assets=20, days=30)).name
    'synthetic'
    """
    return settings.open()
