from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.store.tiny import NOON, bring, folded, open_tiny, seen

from viaggio.kernel import BadFile
from viaggio.store.engine import engine
from viaggio.store.facts import Counts
from viaggio.store.fold import fold
from viaggio.store.incoming import Batch
from viaggio.store.status import coverage, item_statuses, source_statuses
from viaggio.store.workspace import Workspace


class _NoText:
    def files(self) -> Mapping[str, Path]:
        return {}

    def batches(self) -> Iterator[Batch]:
        raise BadFile("the content is not text")


def test_items_are_told_with_what_became_of_them_newest_first(ws: Workspace):
    bring(ws, [seen("1"), seen("2", reject="value.bad")])
    bring(ws, [seen("3")])
    fold(ws, open_reader=lambda w, i: _NoText() if i.seq == 2 else open_tiny(w, i))
    bring(ws, [seen("4")])
    waiting, failed, done = item_statuses(ws)
    assert (waiting.state, waiting.item.seq) == ("waiting", 3)
    assert (failed.state, failed.failed, failed.why) == ("failed", "file.bad", "the content is not text.")
    assert (done.state, done.source_rows, done.rejected) == ("folded", 2, 1)
    assert done.tables == {"interactions": Counts(new=1, rejected=1)}
    assert [path.name for path in done.rejects] == ["00000001.csv"]


def test_a_source_is_as_fresh_as_its_newest_row(ws: Workspace):
    bring(ws, [seen("1", 5), seen("2", 9)], source="shop")
    bring(ws, [seen("1", 1)], source="till")
    bring(ws, [seen("3", 7)], source="shop")
    folded(ws)
    told = {source.source: source for source in source_statuses(ws)}
    assert told["shop"].latest == NOON + 9 * 60_000_000
    assert (told["shop"].items, told["shop"].rows) == (2, {"interactions": 3})
    assert (told["till"].items, told["till"].waiting, told["till"].rejected) == (1, 0, 0)


def test_coverage_counts_interactions_and_customers_by_phase_and_channel(ws: Workspace):
    bring(ws, [
        seen("1", 1, email="ada@x.it"), seen("2", 4, email="ada@x.it"), seen("3", 2, email="bea@x.it"),
        seen("4", 3, phase="care", channel="phone"),
    ])  # fmt: skip
    folded(ws)
    care, web = coverage(engine(ws))
    assert (care.phase, care.channel, care.interactions, care.customers) == ("care", "phone", 1, 0)
    assert (web.interactions, web.customers) == (3, 2)
    assert [(t - NOON) // 60_000_000 for t in (web.first_seen, web.last_seen)] == [1, 4]
