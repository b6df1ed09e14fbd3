"""Our own tables as Parquet: what keeps the contract is taken as it is, what does not is named."""

import subprocess
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.kernel import BadFile, UnknownColumn
from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.recipes import recipe_reader, sources

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


def visit(number: int, **more: object) -> dict[str, object]:
    return {
        "id": f"v{number}",
        "visitor": f"w{number}",
        "channel": "web",
        "started_at": MOMENT,
        "pages": number,
        **more,
    }


def write(path, rows, table: str = "visits", **options) -> None:
    pq.write_table(pa.Table.from_pylist(rows, schema=incoming_schema(FACTS[table])), path, **options)


def test_rows_come_out_as_they_went_in(take, tmp_path):
    rows = pa.Table.from_pylist([visit(n) for n in range(50)], schema=incoming_schema(FACTS["visits"]))
    pq.write_table(rows, tmp_path / "visits.parquet", row_group_size=7)
    assert take("native", tmp_path)["visits"].equals(rows)


@given(parts=st.lists(st.integers(0, 9), min_size=1, max_size=4), group=st.integers(1, 5))
def test_parts_and_row_groups_do_not_matter(tmp_path_factory, parts, group):
    folder = tmp_path_factory.mktemp("parts")
    rows = [visit(number) for number in range(sum(parts))]
    start = 0
    for position, size in enumerate(parts):
        write(folder / f"visits-{position:04d}.parquet", rows[start : start + size], row_group_size=group)
        start += size
    files = {path.name: path for path in folder.iterdir()}
    batches = [batch for batch in recipe_reader("native", files, {}).batches() if batch.rows is not None]
    got = [name for batch in batches for name in batch.rows["id"].to_pylist()]
    assert got == [row["id"] for row in rows]


def test_tables_of_like_names_are_told_apart(take, tmp_path):
    order = {"id": "o", "customer_number": "c", "ordered_at": MOMENT}
    write(tmp_path / "orders-0001.parquet", [order], "orders")
    write(
        tmp_path / "order_lines-0001.parquet", [order | {"order_id": "o", "amount_cents": 1}], "order_lines"
    )
    assert take("native", tmp_path).counts() == {"orders": 1, "order_lines": 1}


def test_rows_that_break_the_contract_are_rejected_with_their_place(take, tmp_path):
    write(
        tmp_path / "visits.parquet",
        [visit(0), visit(1, channel="pigeon"), visit(2, started_at=None), visit(3)],
    )
    got = take("native", tmp_path)
    assert [(r.line, r.code, r.column, r.value) for r in got.rejects] == [
        (2, "value.not_allowed", "channel", "pigeon"),
        (3, "value.missing", "started_at", ""),
    ]
    assert got["visits"]["id"].to_pylist() == ["v0", "v3"]
    assert got.rejects[0].raw["visitor"] == "w1"
    assert got.read == {"visits": 4}


def test_lines_count_through_all_pieces_of_a_file(take, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PIECE", 3)
    write(tmp_path / "visits.parquet", [visit(n, channel="pigeon" if n == 7 else "web") for n in range(9)])
    assert [r.line for r in take("native", tmp_path).rejects] == [8]


def test_columns_that_may_be_empty_may_be_left_out_and_text_may_be_a_dictionary(take, tmp_path):
    columns = {
        "id": ["a"],
        "channel": pa.array(["app"]).dictionary_encode(),
        "started_at": pa.array([MOMENT], pa.timestamp("ms", tz="Europe/Rome")),
        "visitor": pa.array(["v"], pa.large_string()),
    }
    pq.write_table(pa.table(columns), tmp_path / "visits.parquet")
    row = take("native", tmp_path).rows("visits")[0]
    assert (row["channel"], row["pages"]) == ("app", None)
    assert row["started_at"] == MOMENT.replace(microsecond=0)


@pytest.mark.parametrize("packer", ["gzip", "zstd"])
def test_file_packed_as_a_whole_is_unpacked(take, tmp_path, packer):
    write(tmp_path / "visits.parquet", [visit(1)])
    plain = (tmp_path / "visits.parquet").read_bytes()
    (tmp_path / "visits.parquet").write_bytes(pa.compress(plain, codec=packer, asbytes=True))
    assert take("native", tmp_path)["visits"].num_rows == 1


def test_unknown_column_is_refused_with_the_near_one(take, tmp_path):
    pq.write_table(pa.table({"id": ["a"], "chanel": ["web"]}), tmp_path / "visits.parquet")
    with pytest.raises(
        UnknownColumn, match=r"'chanel' is not known \(visits\.parquet\)\. Did you mean 'channel'"
    ):
        take("native", tmp_path)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"id": ["a"], "channel": ["web"]}, "file.no_column"),
        (
            {"id": ["a"], "channel": ["web"], "started_at": pa.array([0], pa.timestamp("us"))},
            "file.bad_column",
        ),
        ({"id": ["a"], "channel": ["web"], "started_at": ["today"]}, "file.bad_column"),
        (
            {
                "id": ["a"],
                "channel": ["web"],
                "started_at": pa.array([0], pa.timestamp("us", tz="UTC")),
                "pages": ["one"],
            },
            "file.bad_column",
        ),
    ],
)
def test_table_that_is_not_the_contract_is_refused(take, tmp_path, columns, code):
    pq.write_table(pa.table(columns), tmp_path / "visits.parquet")
    with pytest.raises(BadFile) as refused:
        take("native", tmp_path)
    assert refused.value.code == code


def test_file_that_is_no_parquet_is_refused(take, tmp_path):
    (tmp_path / "visits.parquet").write_text("id,channel\n")
    with pytest.raises(BadFile) as refused:
        take("native", tmp_path)
    assert refused.value.code == "file.bad_parquet"


def test_damaged_page_is_refused_by_name(take, tmp_path):
    file = tmp_path / "visits.parquet"
    write(file, [visit(n) for n in range(1000)], compression="zstd", use_dictionary=False)
    damaged = bytearray(file.read_bytes())
    damaged[40:400] = b"\0" * 360
    file.write_bytes(damaged)
    with pytest.raises(BadFile, match=r"visits\.parquet"):
        take("native", tmp_path)


def test_identifiers_are_not_brought_in(take, tmp_path):
    write(tmp_path / "identifiers.parquet", [], "identifiers")
    write(tmp_path / "visits.parquet", [visit(1)])
    assert set(take("native", tmp_path).tables) == {"visits"}


@pytest.mark.slow
def test_large_file_is_streamed(tmp_path):
    """Two million rows of 250 bytes: read one piece after the other, never held together."""
    schema = incoming_schema(FACTS["visits"])
    piece = pa.Table.from_pylist([visit(n, properties="x" * 200) for n in range(100_000)], schema=schema)
    with pq.ParquetWriter(tmp_path / "visits.parquet", schema) as out:
        for _ in range(20):
            out.write_table(piece)
    script = (
        "import resource, sys, pathlib\n"
        "from viaggio.store.recipes import recipe_reader\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "rows = sum(b.rows.num_rows for b in recipe_reader('native', {path.name: path}, {}).batches())\n"
        "print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)\n"
    )
    import sys

    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "visits.parquet"],
        capture_output=True,
        text=True,
        check=True,
    )
    rows, grown_kib = map(int, done.stdout.split())
    assert rows == 2_000_000
    assert grown_kib < 400_000
