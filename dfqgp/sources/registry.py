"""From a source's name to the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.sources.ashare_daily import AshareDailySource
from dfqgp.sources.files import FilesSource
from dfqgp.sources.synthetic import SyntheticSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.sources.base import Source
    from dfqgp.sources.settings import SourceSettings

# The names are those that SourceSettings accepts; a test holds the two together.
SOURCES: dict[str, Callable[[SourceSettings], Source]] = {
    "synthetic": SyntheticSource,
    "files": FilesSource,
    "ashare_daily": AshareDailySource,
}


def open_source(settings: SourceSettings) -> Source:
    """Return the source that the settings name; nothing is read before ``load`` or ``fingerprint``.

    Parameters
    ----------
    settings : SourceSettings
        Checked at construction, so the name is known; an unknown one raised ConfigError with the nearest name there.

    Returns
    -------
    Source
        Ready to load.

    Examples
    --------
    >>> from dfqgp.sources import SourceSettings
    >>> open_source(SourceSettings(assets=20, days=30)).name
    'synthetic'
    """
    return SOURCES[settings.name](settings)
