"""A vocabulary, settings and scores that the tests of the search share."""

import json
import math

from dfqgp.expr import Vocabulary
from dfqgp.gp import Evolution, GpSettings

WORDS = Vocabulary.named(
    {"open": "price", "close": "price", "volume": "shares", "amount": "currency", "returns": "ratio"}, ["industry"]
)
SMALL = GpSettings(population=40, elites=4)
TINY = GpSettings(population=15, elites=2)


def toy_score(tree):
    """Deterministic, uneven, with failures."""
    number = int(tree.key[:8], 16)
    return math.nan if number % 7 == 0 else (number % 1000) / 1000 - 0.01 * tree.size


def tell(search, trees, score=toy_score):
    search.tell(trees, [score(tree) for tree in trees])


def told(search, generations, score=toy_score):
    for _ in range(generations):
        tell(search, search.ask(), score)
    return search


def through_json(search, settings=TINY, **policies):
    """The search after a stop and a restart."""
    state = json.loads(json.dumps(search.state(), allow_nan=False))
    return Evolution.restore(WORDS, settings, state, **policies)
