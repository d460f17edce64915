"""Which names an expression may use, and the unit of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dfqgp.ops.units import Unit, unit_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dfqgp.panel import Panel


_tokens: dict[frozenset[tuple[str, Unit]], str] = {}


@dataclass(frozen=True)
class Vocabulary:
    """Names of features with their units, and names of groupings.

    Parameters
    ----------
    fields : mapping of str to Unit
        Features, in a fixed order that random generation relies on.
    groups : tuple of str
        Groupings.
    """

    fields: Mapping[str, Unit]
    groups: tuple[str, ...] = ()
    token: str = field(init=False, repr=False, compare=False)
    """A name that vocabularies with the same fields and units share: nodes keep their units by it."""

    def __post_init__(self) -> None:
        content = frozenset(self.fields.items())
        object.__setattr__(self, "token", _tokens.setdefault(content, f"units {len(_tokens)}"))

    @classmethod
    def named(cls, units: Mapping[str, str], groups: Iterable[str] = ()) -> Vocabulary:
        """Build from unit names; raises ConfigError for a unit that is not known.

        Examples
        --------
        >>> Vocabulary.named({"close": "price"}, ["industry"]).groups
        ('industry',)
        """
        fields = {name: unit_named(unit, where=f"unit of field '{name}'") for name, unit in units.items()}
        return cls(fields, tuple(groups))

    @classmethod
    def of(cls, panel: Panel) -> Vocabulary:
        """Return what a panel offers, in the panel's order."""
        return cls.named({name: panel.units[name] for name in panel.fields}, panel.groups)
