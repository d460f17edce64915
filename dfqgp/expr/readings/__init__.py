"""Plain-language readings of expressions; one module of words per language."""

from dfqgp.expr.readings.language import Language
from dfqgp.expr.readings.read import LANGUAGES, LanguageName, language_named, read

__all__ = ["LANGUAGES", "Language", "LanguageName", "language_named", "read"]
