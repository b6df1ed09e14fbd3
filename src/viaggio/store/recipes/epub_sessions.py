"""Epub: download sessions of the electronic publications platform of a university in Vienna.

What is decided here:

- A session is one visit and its own visitor; its pages are the documents it downloaded.
- Each document of a session is one interaction in discovery. The order of documents inside a session is not
  known, so they share the session's moment.
- Whether a visit converted is not said: every session of the set downloads, so a rate would mean nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from viaggio.journey.model import Moment, Phase
from viaggio.store.incoming import Batch
from viaggio.store.recipes.catalogue import at, touchpoint
from viaggio.store.recipes.cells import BadCell, Record, as_json
from viaggio.store.recipes.rows import Row, converted, table_of
from viaggio.store.recipes.shape import Kitchen, Recipe
from viaggio.store.recipes.sources import csv_records

DOWNLOAD = touchpoint(
    "document_download", "Documento scaricato", "Document download", Phase.DISCOVERY, Moment.BEFORE,
    owner="ecommerce", partners="marketing it", channels="web",
)  # fmt: skip

_COLUMNS = ("session", "timestamp", "document")


@dataclass(slots=True)
class _Visit:
    started_at: int
    documents: list[str] = field(default_factory=list)


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    visits: dict[str, _Visit] = {}
    zone = kitchen.zone

    def download(record: Record) -> Iterable[Row]:
        session, document = record.needed("session"), record.needed("document")
        record.needed("timestamp")
        started = record.moment("timestamp", zone)
        assert started is not None  # needed() saw it filled
        visit = visits.setdefault(session, _Visit(started))
        if started != visit.started_at:
            raise BadCell("row.contradicts", "timestamp", record.cells["timestamp"])
        visit.documents.append(document)
        properties = {"document": document, **record.others(*_COLUMNS)}
        yield (
            "interactions",
            {
                "id": f"{session}-{len(visit.documents)}",
                "visitor": f"epub {session}",
                **at(DOWNLOAD),
                "started_at": started,
                "episode": session,
                "properties": as_json(properties),
            },
        )

    yield from converted("interactions", csv_records(kitchen.source("sessions"), _COLUMNS), download)
    rows = [
        {
            "id": session,
            "visitor": f"epub {session}",
            "channel": "web",
            "started_at": visit.started_at,
            "pages": len(visit.documents),
        }
        for session, visit in visits.items()
    ]
    yield Batch(table="visits", rows=table_of("visits", rows))


RECIPE = Recipe(
    name="epub_sessions",
    source="Epub, from the R package arules (CRAN, GPL-3), Hahsler",
    version=1,
    files={"sessions": "epub_sessions*.csv"},
    columns={"sessions": _COLUMNS},
    touchpoints=(DOWNLOAD,),
    options={"timezone": "Europe/Vienna"},
    about={"timezone": "time zone in which the platform's times are written"},
    batches=_batches,
)
