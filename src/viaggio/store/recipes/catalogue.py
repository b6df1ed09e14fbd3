"""The touchpoint catalogue that a recipe brings along."""

from collections.abc import Iterable

from viaggio.journey.model import Moment, Phase, Touchpoint
from viaggio.store.incoming import Batch
from viaggio.store.recipes.rows import table_of


def touchpoint(
    slug: str,
    italian: str,
    english: str,
    phase: Phase,
    moment: Moment,
    *,
    owner: str,
    partners: str = "",
    channels: str,
    contact: bool = False,
) -> Touchpoint:
    """A touchpoint in one breath; `partners` and `channels` are words set apart by blanks."""
    return Touchpoint(
        slug=slug,
        name_it=italian,
        name_en=english,
        phase=phase,
        moment=moment,
        owner_function=owner,
        partner_functions=tuple(partners.split()),
        channels=tuple(channels.split()),
        contact=contact,
    )


def catalogue_batch(touchpoints: Iterable[Touchpoint]) -> Batch:
    """The touchpoint catalogue as rows of `touchpoints`; `id` is the slug."""
    rows = [
        {
            "id": t.slug,
            "name_it": t.name_it,
            "name_en": t.name_en,
            "phase": str(t.phase),
            "moment": str(t.moment),
            "owner_function": t.owner_function,
            "partner_functions": ",".join(t.partner_functions),
            "channels": ",".join(t.channels),
            "contact": t.contact,
        }
        for t in touchpoints
    ]
    return Batch(table="touchpoints", rows=table_of("touchpoints", rows))


def at(touchpoint: Touchpoint) -> dict[str, object]:
    """The columns of an interaction that its touchpoint decides; the first channel is the usual one."""
    return {
        "touchpoint": touchpoint.slug,
        "phase": str(touchpoint.phase),
        "moment": str(touchpoint.moment),
        "channel": touchpoint.channels[0],
    }
