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
    """Texts of a cell that repeat an earlier one, and P(so many by chance) from how alike all texts are."""

    repeats: tuple[str, ...]
    texts: int
    p: float | None


def duplicates(
    cells: Mapping[str, tuple[Given, ...]], parents: Mapping[str, str], limits: Limits
) -> tuple[Finding, ...]:
    """Later answers of a customer or device within the quarantine are excluded, each with its reason.

    Words repeat by chance, so repeated texts are excluded only where a cell has more of them than texts of
    its parent's cells, dealt out at random, would have. A cell with more duplicates than its peers is
    flagged; the statistic counts them.
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
        excess_of_texts = q is not None and q < limits.duplicates_p
        known = {one.response for one in again[cell]}
        texts = [Exclusion(r, Reason.TEXT) for r in copies.repeats if excess_of_texts and r not in known]
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
    many = len(copied.repeats) if by[0] == "texts" else own.hits
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
    met: dict[str, set[int]] = {cell: set() for cell in family}
    repeats: dict[str, list[str]] = {cell: [] for cell in family}
    n: Counter[str] = Counter(cell for cell, _, _ in texts)
    for (cell, response, _), number in zip(texts, numbers, strict=True):
        if number in met[cell]:
            repeats[cell].append(response)
        met[cell].add(number)
    chances = {cell: _chance_of_repeats(len(repeats[cell]), n[cell], len(texts), sizes) for cell in family}
    return {cell: _Copied(tuple(repeats[cell]), n[cell], chances[cell]) for cell in family}


def _chance_of_repeats(repeats: int, n: int, all_texts: int, sizes: Mapping[int, int]) -> float | None:
    """P(at least so many repeats) if all texts were dealt out at random: Poisson with the expected number.

    None without texts, or where no other cell has any.

    Of a cluster of m texts a cell with the share s of all texts gets about X ~ Binomial(m, s), and
    E max(X - 1, 0) = m s - 1 + (1 - s)^m of them are repeats.
    """
    from scipy.stats import poisson

    if not n or n == all_texts:
        return None
    s = n / all_texts
    expected = sum(m * s - 1 + (1 - s) ** m for m in sizes.values() if m > 1)
    return float(poisson.sf(repeats - 1, expected)) if repeats else 1.0
