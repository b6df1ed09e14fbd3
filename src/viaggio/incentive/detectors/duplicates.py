"""Answers that came twice: the same customer, the same device, or nearly the same words."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from viaggio.estimate.multiplicity import adjusted
from viaggio.incentive.detectors.alike import clusters, words_of
from viaggio.incentive.detectors.judging import Seen, judged, smallest
from viaggio.incentive.detectors.model import Count, Detector, Exclusion, Finding, Limits, Reason
from viaggio.incentive.detectors.rates import excess, peers

_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer: when (UTC microseconds), by whom, on which device (keyed hash), about what, in which words.

    Empty stands for not known. `on_site`: given on a device that many share, as a kiosk.
    """

    response: str
    at: int
    customer: str = ""
    device: str = ""
    touchpoint: str = ""
    text: str = ""
    on_site: bool = False


@dataclass(frozen=True, slots=True)
class _Copied:
    """Texts of a cell that repeat an earlier one, each with P(so many alike in this cell by chance)."""

    repeats: tuple[tuple[str, float], ...]
    texts: int
    p: float | None


def duplicates(
    cells: Mapping[str, tuple[Given, ...]], parents: Mapping[str, str], limits: Limits
) -> tuple[Finding, ...]:
    """Later answers of a customer or device within the quarantine are excluded, each with its reason.

    Words repeat by chance, so repeated texts are excluded only where a cell has more of their kind than its
    peers have. A cell with more duplicates than its peers is flagged; the statistic counts them.
    """
    again = {cell: _again(answers, limits) for cell, answers in cells.items()}
    counts = {cell: Count(len(again[cell]), len(answers)) for cell, answers in cells.items()}
    others = peers(counts, parents)
    copied = _copied_texts(cells, parents, limits)
    over_all = dict(zip(cells, adjusted([copied[cell].p for cell in cells]), strict=True))
    seen = []
    for cell in cells:
        copies = copied[cell]
        q = over_all[cell]
        known = {one.response for one in again[cell]}
        texts = [
            Exclusion(response, Reason.TEXT)
            for response, p in copies.repeats
            if q is not None and max(p, q) < limits.duplicates_p and response not in known
        ]
        seen.append(_seen(cell, (counts[cell], others[cell]), copies, (*again[cell], *texts), limits))
    return judged(Detector.DUPLICATES, seen, level=limits.duplicates_p)


def _seen(
    cell: str,
    counts: tuple[Count, Count],
    copied: _Copied,
    excludes: tuple[Exclusion, ...],
    limits: Limits,
) -> Seen:
    own, others = counts
    tests = {"again": excess(own, others)} if own.n and others.n else {}
    if copied.p is not None:
        tests["texts"] = copied.p
    reasons = Counter(one.reason for one in excludes)
    values: dict[str, float | str] = {"answers": own.n, "texts": copied.texts, "repeats": len(copied.repeats)}
    values |= {str(reason): number for reason, number in sorted(reasons.items())}
    if not tests:
        values["without"] = "peers"
    by = smallest(tests) if tests else ("", None)
    many = reasons[Reason.TEXT] if by[0] == "texts" else own.hits
    return Seen(
        cell=cell, statistic=float(len(excludes)), p=by[1], large=many >= limits.duplicates,
        values={**values, "by": by[0]}, excludes=excludes, responses=tuple(one.response for one in excludes),
    )  # fmt: skip


def _again(answers: Iterable[Given], limits: Limits) -> tuple[Exclusion, ...]:
    """Every answer within the quarantine after one that counted, of the same customer or device."""
    counted: dict[tuple[Reason, str, str], int] = {}
    found = []
    for one in sorted(answers, key=lambda each: (each.at, each.response)):
        marks = [(Reason.CUSTOMER, one.customer, one.touchpoint)] if one.customer else []
        if one.device and not one.on_site:
            marks.append((Reason.DEVICE, one.device, one.touchpoint))
        early = one.at - limits.quarantine_days * _DAY
        before = [mark for mark in marks if counted.get(mark, early - 1) >= early]
        if before:
            found.append(Exclusion(one.response, before[0][0]))
        else:
            counted |= dict.fromkeys(marks, one.at)
    return tuple(found)


def _copied_texts(
    cells: Mapping[str, tuple[Given, ...]], parents: Mapping[str, str], limits: Limits
) -> Mapping[str, _Copied]:
    families: dict[str, list[str]] = defaultdict(list)
    for cell in cells:
        families[parents.get(cell, "")].append(cell)
    found: dict[str, _Copied] = {}
    for family in families.values():
        found |= _copied_in(family, cells, limits)
    return found


def _copied_in(
    family: Sequence[str], cells: Mapping[str, tuple[Given, ...]], limits: Limits
) -> Mapping[str, _Copied]:
    texts = [
        (cell, one.response, words)
        for cell in family
        for one in sorted(cells[cell], key=lambda each: (each.at, each.response))
        if len(words := words_of(one.text)) >= limits.text_words
    ]
    numbers = clusters([words for _, _, words in texts], limits.text_alike)
    sizes = Counter(numbers)
    own: dict[str, dict[int, list[str]]] = {cell: defaultdict(list) for cell in family}
    for (cell, response, _), number in zip(texts, numbers, strict=True):
        own[cell][number].append(response)
    return {cell: _copied(alike, sizes) for cell, alike in own.items()}


def _copied(own: Mapping[int, Sequence[str]], sizes: Mapping[int, int]) -> _Copied:
    """Of the cell's texts by cluster those alike more often than elsewhere; p None without texts elsewhere.

    Each cluster is held against its share elsewhere, times the number of clusters (Bonferroni).
    """
    n, elsewhere = sum(map(len, own.values())), sum(sizes.values()) - sum(map(len, own.values()))
    if not n or not elsewhere:
        return _Copied((), n, None)
    several = {number: some for number, some in own.items() if len(some) > 1}
    ps = {
        number: len(several) * excess(Count(len(some), n), Count(sizes[number] - len(some), elsewhere))
        for number, some in several.items()
    }
    repeats = [(response, ps[number]) for number, some in several.items() for response in some[1:]]
    return _Copied(tuple(repeats), n, min(1.0, *ps.values()) if ps else 1.0)
