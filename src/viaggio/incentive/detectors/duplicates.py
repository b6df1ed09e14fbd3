"""Answers that came twice: the same customer, the same device, or nearly the same words."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from viaggio.estimate.multiplicity import adjusted
from viaggio.incentive.detectors.alike import Texts, Words, clusters, words_of
from viaggio.incentive.detectors.judging import Seen, judged, smallest
from viaggio.incentive.detectors.model import Count, Detector, Exclusion, Finding, Limits, Reason
from viaggio.incentive.detectors.rates import excess, peers

_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer: when (UTC microseconds), by whom, on which device (keyed hash), about what, in which words.

    Empty stands for not known. `kind`: what was asked, where a response is asked several things. `on_site`:
    given on a device that many share, as a kiosk. `before`: given before the period; it can not be excluded,
    and shows what is usual in the cell.
    """

    response: str
    at: int
    customer: str = ""
    device: str = ""
    touchpoint: str = ""
    kind: str = ""
    text: str = ""
    on_site: bool = False
    before: bool = False


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

    Words repeat by chance, so three or more texts alike are copies only where a cell has more of their kind
    than its peers have, and than it had before. A cell with more duplicates than its peers is
    flagged; the statistic counts them.
    """
    again = {cell: given_again(answers, limits) for cell, answers in cells.items()}
    counts = {
        cell: Count(len(again[cell]), sum(not one.before for one in answers))
        for cell, answers in cells.items()
    }
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
            if q is not None and q < limits.false_flags and p < limits.duplicates_p and response not in known
        ]
        seen.append(_seen(cell, (counts[cell], others[cell]), copies, (*again[cell], *texts), limits))
    return judged(Detector.DUPLICATES, seen, level=limits.duplicates_p, rate=limits.false_flags)


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


def given_again(answers: Iterable[Given], limits: Limits) -> tuple[Exclusion, ...]:
    """Every answer within the quarantine after one that counted, of the same customer or device."""
    counted: dict[tuple[Reason, str, str, str], int] = {}
    found = []
    for one in sorted(answers, key=lambda each: (each.at, each.response)):
        marks = [(Reason.CUSTOMER, one.customer, one.touchpoint, one.kind)] if one.customer else []
        if one.device and not one.on_site:
            marks.append((Reason.DEVICE, one.device, one.touchpoint, one.kind))
        early = one.at - limits.quarantine_days * _DAY
        before = [mark for mark in marks if counted.get(mark, early - 1) >= early]
        if before and not one.before:
            found.append(Exclusion(one.response, before[0][0], one.kind))
        elif not before:
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
    now: dict[str, list[tuple[str, Words]]] = {cell: [] for cell in family}
    before: dict[str, list[Words]] = {cell: [] for cell in family}
    for cell in family:
        for one in sorted(cells[cell], key=lambda each: (each.at, each.response)):
            words = words_of(one.text)
            if len(words) < limits.text_words:
                continue
            if one.before:
                before[cell].append(words)
            else:
                now[cell].append((one.response, words))
    everybody = Texts(words for cell in family for _, words in now[cell])
    return {cell: _copied(now[cell], everybody, before[cell], limits) for cell in family}


def _copied(
    own: Sequence[tuple[str, Words]], everybody: Texts, before: Sequence[Words], limits: Limits
) -> _Copied:
    """Of a cell's texts those of a kind that is more frequent than elsewhere, and than here before.

    Each kind is held against its share there, times the number of kinds (Bonferroni); p is None without texts
    elsewhere.
    """
    elsewhere = len(everybody) - len(own)
    if not own or not elsewhere:
        return _Copied((), len(own), None)
    kinds: dict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(clusters([words for _, words in own], limits.text_alike)):
        kinds[number].append(place)
    several = [places for places in kinds.values() if len(places) >= limits.duplicates]
    usual = Texts(before if several else ())
    ps = []
    for places in several:
        mine = Count(len(places), len(own))
        kind = {own[place][1] for place in places}
        others = everybody.like(kind, limits.text_alike) - len(places)
        p = excess(mine, Count(others, elsewhere))
        if before:
            p = max(p, excess(mine, Count(usual.like(kind, limits.text_alike), len(usual))))
        ps.append(len(several) * p)
    repeats = [(own[place][0], p) for places, p in zip(several, ps, strict=True) for place in places[1:]]
    return _Copied(tuple(repeats), len(own), min([1.0, *ps]))
