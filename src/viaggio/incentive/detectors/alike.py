"""Near-identical texts: the same words but for a few, found without comparing every pair.

Two sets of words with Jaccard similarity of at least t share one of the rarest |x| - ceil(t |x|) + 1 words of
each (prefix filter: Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007).
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
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


class Texts:
    """Texts by the words in them, so that those alike to others are found without looking at all."""

    def __init__(self, texts: Iterable[Words]) -> None:
        """Equal texts are counted and kept once."""
        self._times = Counter(texts)
        self._with: dict[str, list[Words]] = defaultdict(list)
        for text in self._times:
            for word in text:
                self._with[word].append(text)

    def __len__(self) -> int:
        return self._times.total()

    def like(self, kind: Iterable[Words], least: float) -> int:
        """How many texts are at least so alike to one of a kind."""
        found = {
            other
            for text in kind
            for word in _prefix(text, least, lambda word: len(self._with.get(word, ())))
            for other in self._with.get(word, ())
            if _alike(text, other, least)
        }
        return sum(self._times[text] for text in found)


def _prefix(text: Words, least: float, frequency: Callable[[str], int]) -> list[str]:
    """The rarest words of a text, one of which every text that is alike enough has."""
    rarest = sorted(text, key=lambda word: (frequency(word), word))
    return rarest[: len(text) - ceil(least * len(text) - _TINY) + 1]


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
        prefix = _prefix(text, least, rank.__getitem__)
        candidates = {other for word in prefix for other in known[word]}
        found += [(other, place) for other in candidates if _alike(texts[other], text, least)]
        for word in prefix:
            known[word].append(place)
    return found
