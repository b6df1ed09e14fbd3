"""Options and rows as lines "Italiano | English": quick to write; keys stay when words change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from viaggio.pulse.model import Pillar
from viaggio.pulse.questionnaire import Feeds, Option, Row, Wording, wording
from viaggio.pulse.questionnaire.rules.editing import key_from

BAR = "|"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its words by language and what stands behind the last bar (a pillar), if anything."""

    text: Wording
    more: str = ""


def lines_of(written: str, languages: Sequence[str], *, more: bool = False) -> list[Line]:
    """The lines that hold words; `more` says that a further column may follow those of the languages."""
    found = []
    for raw in written.splitlines():
        parts = [part.strip() for part in raw.split(BAR)]
        words = wording(dict(zip(languages, parts, strict=False)))
        extra = parts[len(languages)] if more and len(parts) > len(languages) else ""
        if words:
            found.append(Line(words, extra))
    return found


def options_from(written: str, languages: Sequence[str], before: Sequence[Option]) -> tuple[Option, ...]:
    """Options from lines; one that keeps any of its words, else its place, keeps its key and marks."""
    lines = lines_of(written, languages)
    matched = _matched([line.text for line in lines], [(o.key, o.text) for o in before])
    by_key = {option.key: option for option in before}
    keys = _keys([line.text for line in lines], matched)
    return tuple(
        Option(
            key=key,
            text=line.text,
            exclusive=by_key[key].exclusive if key in by_key else False,
            out_of_base=by_key[key].out_of_base if key in by_key else False,
        )
        for key, line in zip(keys, lines, strict=True)
    )


def rows_from(
    written: str, languages: Sequence[str], before: Sequence[Row], pillar_of: Callable[[str], Pillar | None]
) -> tuple[Row, ...]:
    """Rows of a matrix from lines whose last column may name a pillar."""
    lines = lines_of(written, languages, more=True)
    matched = _matched([line.text for line in lines], [(row.key, row.text) for row in before])
    keys = _keys([line.text for line in lines], matched)
    rows = []
    for key, line in zip(keys, lines, strict=True):
        pillar = pillar_of(line.more) if line.more else None
        rows.append(
            Row(key=key, text=line.text, pillar=pillar, metric=Feeds.PILLAR if pillar else Feeds.OTHER)
        )
    return tuple(rows)


def written_options(options: Sequence[Option], languages: Sequence[str]) -> str:
    """Options as lines."""
    return "\n".join(_line(option.text, languages) for option in options)


def written_rows(rows: Sequence[Row], languages: Sequence[str], name_of: Callable[[Pillar], str]) -> str:
    """Rows as lines."""
    return "\n".join(
        _line(row.text, languages) + (f" {BAR} {name_of(row.pillar)}" if row.pillar else "") for row in rows
    )


def _line(text: Wording, languages: Sequence[str]) -> str:
    known = dict(text.pairs)
    return f" {BAR} ".join(known.get(language, "") for language in languages)


def _matched(now: Sequence[Wording], before: Sequence[tuple[str, Wording]]) -> dict[int, str]:
    """Place in `now` -> old key: by words first, then by place where both are still free."""
    found: dict[int, str] = {}
    left = dict(before)
    for place, text in enumerate(now):
        key = next((k for k, old in left.items() if set(old.pairs) & set(text.pairs)), None)
        if key is not None:
            found[place] = key
            del left[key]
    for place in range(len(now)):
        if place not in found and place < len(before) and before[place][0] in left:
            found[place] = before[place][0]
            del left[before[place][0]]
    return found


def _keys(now: Sequence[Wording], matched: dict[int, str]) -> list[str]:
    taken = set(matched.values())
    keys = []
    for place, text in enumerate(now):
        key = matched.get(place) or key_from(text.text("en", "it"), taken)
        taken.add(key)
        keys.append(key)
    return keys
