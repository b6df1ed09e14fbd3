"""Near-identical texts: the same words but for a few, found without comparing every pair.

Two sets of words with Jaccard similarity of at least t share one of the rarest |x| - ceil(t |x|) + 1 words of
each (prefix filter: Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007).
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import ceil

Words = frozenset[str]
_TINY = 1e-9
_WORD = re.compile(r"[^\W\d_]+")


def words_of(text: str) -> Words:
    """The different words of a text, without accents, capitals, digits and marks."""
    return frozenset(_WORD.findall(plain(text)))


def plain(text: str) -> str:
    """The text in small letters without accents."""
    small = text.casefold()
    if small.isascii():
        return small
    parts = unicodedata.normalize("NFKD", small)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def clusters(texts: Sequence[Words], least: float) -> list[int]:
    """A number for each text; texts joined by chains of pairs at least so alike have the same one."""
    places: dict[Words, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        places[text].append(place)
    different = sorted(places, key=lambda words: (len(words), sorted(words)))
    group = list(range(len(different)))

    def root(of: int) -> int:
        while group[of] != of:
            group[of] = group[group[of]]
            of = group[of]
        return of

    for first, second in _pairs(different, least):
        a, b = root(first), root(second)
        group[max(a, b)] = min(a, b)
    result = [0] * len(texts)
    for number, text in enumerate(different):
        for place in places[text]:
            result[place] = root(number)
    return result


def alike_in(texts: Iterable[Words], kind: Iterable[Words], least: float) -> int:
    """How many of the texts are at least so alike to one of a kind."""
    known = set(kind)
    return sum(text in known or any(_alike(text, one, least) for one in known) for text in texts)


def _alike(first: Words, second: Words, least: float) -> bool:
    small, large = sorted((len(first), len(second)))
    if small < least * large - _TINY:
        return False
    common = len(first & second)
    return common >= least * (small + large - common) - _TINY


def _pairs(texts: Sequence[Words], least: float) -> list[tuple[int, int]]:
    """Pairs of different sets, sorted by size, that are alike enough."""
    rank = Counter(word for text in texts for word in text)
    known: dict[str, list[int]] = defaultdict(list)
    found: list[tuple[int, int]] = []
    for place, text in enumerate(texts):
        prefix = sorted(text, key=lambda word: (rank[word], word))[
            : len(text) - ceil(least * len(text) - _TINY) + 1
        ]
        candidates = {other for word in prefix for other in known[word]}
        found += [(other, place) for other in candidates if _alike(texts[other], text, least)]
        for word in prefix:
            known[word].append(place)
    return found
