"""Words by which customers tell that somebody asked them for a score, Italian and English."""

import re

from viaggio.incentive.detectors.alike import plain

_TEN = r"(?:10|dieci|ten)\b(?!\s*(?:%|min|or[ae]\b|hour|giorn|day|week|settiman|euro|anni|year|volte|time))"
_TOP = rf"(?:{_TEN}|massimo\b)"
_SCORE = r"(?:voto|votazione|punteggio|punti|valutazione|score|rating|mark|marks|feedback)"
_GIVE = r"(?:mettere|dare|darle|dargli|lasciare|scrivere|votare|segnare|give|put|rate|score|leave)"
_ASKED = (
    r"(?:chiest[oaie]|pregat[oaie]|dett[oa]|raccomandat[oa]|suggerit[oa]|insistit[oa]|implorat[oa]"
    r"|consigliat[oa]|obbligat[oa])"
)
_BEST = rf"\b(?:{_TOP}|(?:top|best|high|highest|perfect|good)\s+{_SCORE}\b)"

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # somebody asked, told, begged ... to give a ten
        rf"\b{_ASKED}\b.{{0,40}}\b(?:di\s+|a\s+)?{_GIVE}\b.{{0,25}}\b{_TOP}",
        rf"\b(?:asked|told|begged|urged|pressed|instructed|made)\b.{{0,30}}\bto\s+{_GIVE}\b.{{0,25}}\b{_TOP}",
        # begged for the top score
        rf"\b(?:begged|asked|pushed|pressed|fished)\b.{{0,15}}\bfor\b.{{0,15}}{_BEST}",
        rf"\b(?:chiest[oa]|pregat[oa])\b.{{0,30}}\b(?:massimo|bel|buon|alto)\b.{{0,12}}\b{_SCORE}\b",
        rf"\b(?:chiest[oa]|chiedono|chiedeva|chiedevano)\b.{{0,12}}\b(?:un|il)\s+{_TEN}",
        # only a ten counts
        r"\b(?:conta|vale|serve|valgono|contano)\s+solo\s+(?:il\s+|un\s+)?(?:10|dieci)\b",
        r"\bsolo\s+(?:il\s+|un\s+)?(?:10|dieci)\s+(?:conta|vale|serve|va\s+bene)\b",
        r"\b(?:only|just)\s+(?:a\s+)?(?:10|ten)s?\s+(?:counts?|matters?|is\s+good|works?)\b",
        r"\banything\s+(?:below|under|less\s+than)\s+(?:a\s+)?(?:10|ten)\b",
        r"\b(?:sotto|meno\s+di)\s+(?:il\s+|un\s+|a\s+)?(?:10|dieci)\b.{0,25}\b(?:non\s+(?:conta|vale)|insufficien)",
        # the score decides somebody's pay
        rf"\b(?:il\s+)?{_SCORE}\b.{{0,30}}\b(?:premio|bonus|stipendio|pay|salary|job)\b",
        rf"\b(?:premio|bonus)\b.{{0,30}}\b(?:dipende|depends)\b.{{0,25}}\b{_SCORE}\b",
    )
)


def tells_of_a_plea(text: str) -> bool:
    """Whether the text says that somebody asked for a score; what it thinks of a ten by itself is no plea."""
    words = " ".join(plain(text).split())
    return any(pattern.search(words) for pattern in _PATTERNS)
