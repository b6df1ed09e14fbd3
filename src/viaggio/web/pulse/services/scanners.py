"""Who opened a link: a person, or a program that looks at every link of a mail before the person does.

A tap on a number in a mail is a GET, and mail scanners make GETs. So such an answer is provisional until the
person acts on the page, or until these rules see no program behind it. Every opening is kept with the
response (`hit:<item>:<value>:<seconds since 1970>`), and every suspicion as a flag, for whoever audits.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SCANNERS = re.compile(
    r"bot\b|crawl|spider|scan|preview|proofpoint|mimecast|barracuda|safelinks|urldefense|symantec|"
    r"messagelabs|ironport|trendmicro|fireeye|sophos|forcepoint|zscaler|checkpoint|googleimageproxy|"
    r"slack|whatsapp|telegram|facebookexternalhit|twitterbot|linkedin|skypeuripreview|discord|"
    r"python|curl|wget|libwww|java/|go-http|okhttp|httpclient|headless|phantom|monitor|validator",
    re.IGNORECASE,
)
"""Agents that open links without a person; names from their own documents and common server logs."""
TOO_FAST = timedelta(seconds=5)
"""Nobody reads a mail and taps in less."""
BURST = timedelta(seconds=60)
"""Openings this close belong to one visit."""
MOST_IN_A_VISIT = 2
"""A person may change their mind once; more numbers of one question within a visit are a program's."""
MOST_HITS = 60
PROGRAM_FLAGS = frozenset({"scanner", "honeypot", "all_links", "many_links", "too_fast"})
WAIT = timedelta(minutes=15)
"""How long a provisional answer waits for the person's next step before the rules decide."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One opening of a link with an answer in it."""

    item: str
    value: str
    at: datetime

    def __str__(self) -> str:
        return f"hit:{self.item}:{self.value}:{int(self.at.timestamp())}"


def is_scanner(agent: str) -> bool:
    """Whether a User-Agent is that of a program; an empty one is."""
    return not agent or SCANNERS.search(agent) is not None


def hits_in(flags: Iterable[str]) -> list[Hit]:
    """The openings among a response's flags."""
    found = []
    for flag in flags:
        if flag.startswith("hit:"):
            item, value, seconds = flag[4:].rsplit(":", 2)
            found.append(Hit(item, value, datetime.fromtimestamp(int(seconds), tz=UTC)))
    return found


def noted(
    flags: Sequence[str], hit: Hit, *, agent: str, delivered_at: datetime | None, choices: int
) -> list[str]:
    """The flags after one more opening; `choices` is how many links the question has in the mail."""
    new = [*flags, str(hit)] if len(flags) < MOST_HITS else list(flags)
    hits = [each for each in hits_in(new) if each.item == hit.item]
    if is_scanner(agent):
        new.append("scanner")
    if delivered_at is not None and hit.at - delivered_at < TOO_FAST:
        new.append("too_fast")
    if choices > 1 and len({each.value for each in hits}) >= choices:
        new.append("all_links")
    if len(_visit(hits, hit.at)) > MOST_IN_A_VISIT:
        new.append("many_links")
    return list(dict.fromkeys(new))


def _visit(hits: Iterable[Hit], at: datetime) -> set[str]:
    """The different values opened in the visit that `at` falls into."""
    return {hit.value for hit in hits if abs(hit.at - at) < BURST}


def acted_like_a_person(flags: Sequence[str], *, delivered_at: datetime | None) -> bool:
    """Whether the last opening alone looks like a person's, whatever programs did before it.

    For the page's own sign of life: the page was looked at, so an earlier scan does not count against it.
    """
    hits = hits_in(flags)
    if not hits or "honeypot" in flags:
        return False
    last = max(hits, key=lambda hit: hit.at)
    soon = delivered_at is not None and last.at - delivered_at < TOO_FAST
    return not soon and len(_visit(hits, last.at)) <= MOST_IN_A_VISIT


def counts_by_itself(flags: Sequence[str]) -> bool:
    """Whether an answer that nobody confirmed may count: one value only, and nothing suspicious, ever."""
    values = {(hit.item, hit.value) for hit in hits_in(flags)}
    return len(values) == 1 and not PROGRAM_FLAGS & set(flags)
