"""What a language has to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Language:
    """The words of one language.

    Parameters
    ----------
    operators : mapping of str to str
        A phrase for each operator, with its arguments by name, such as ``"the {w}-day mean of {x}"``. A phrase that
        could be misread inside another one has brackets around it; they are left out where it stands alone.
    names : mapping of str to str
        What features and groups are called.
    units : mapping of str to str
        The named units.
    brackets : tuple of str
        Opening and closing one.
    labels : mapping of str to str
        The headings of an explanation, and sentences with its figures by name.
    """

    operators: Mapping[str, str]
    names: Mapping[str, str]
    units: Mapping[str, str]
    brackets: tuple[str, str]
    labels: Mapping[str, str]

    def bracketed(self, phrase: str) -> str:
        """Put brackets around a phrase that has none."""
        return phrase if self.has_brackets(phrase) else f"{self.brackets[0]}{phrase}{self.brackets[1]}"

    def bare(self, phrase: str) -> str:
        """Leave the outer brackets of a phrase out."""
        return phrase[len(self.brackets[0]) : -len(self.brackets[1])] if self.has_brackets(phrase) else phrase

    def has_brackets(self, phrase: str) -> bool:
        """Return whether the first bracket of a phrase opens at its start and closes at its end."""
        opening, closing = self.brackets
        if not (phrase.startswith(opening) and phrase.endswith(closing)):
            return False
        depth = 0
        for place, character in enumerate(phrase):
            depth += (character == opening) - (character == closing)
            if depth == 0:
                return place == len(phrase) - 1
        return False
