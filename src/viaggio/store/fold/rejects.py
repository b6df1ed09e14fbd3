"""Rows that were not taken: written beside the facts as CSV, to be mended and imported again."""

import csv
import json
import re
from pathlib import Path
from typing import IO

from viaggio.store.durable import ASIDE, put_in_place
from viaggio.store.incoming import Reject

MARKS = ("_file", "_line", "_column", "_reason")
"""Columns added behind the source's own; an importer ignores columns that begin with an underscore."""


class RejectWriter:
    """Gathers the rejects of one item, one CSV per source file, with that file's own columns.

    `<item>.csv` for the first file, `<item>-<file>.csv` for each further one. Cells are verbatim.
    """

    def __init__(self, folder: Path, item: int) -> None:
        self.folder = folder
        self.item = item
        self.count = 0
        self._columns: dict[str, dict[str, None]] = {}
        self._held: dict[str, IO[str]] = {}

    def add(self, reject: Reject) -> None:
        """Keep one row."""
        if reject.file not in self._held:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._columns[reject.file] = {}
            self._held[reject.file] = self._aside(reject.file).open("w", encoding="utf-8")
        self._columns[reject.file].update(dict.fromkeys(reject.raw))
        marks = [reject.file, reject.line, reject.column, reject.code]
        self._held[reject.file].write(json.dumps([dict(reject.raw), marks]) + "\n")
        self.count += 1

    def seal(self) -> list[Path]:
        """Write the CSV files and return them."""
        sealed = []
        for number, file in enumerate(self._held):
            self._held[file].close()
            tail = "" if number == 0 else "-" + re.sub(r"[^A-Za-z0-9._-]", "_", file.rsplit("/", 1)[-1])[-60:]
            target = self.folder / f"{self.item:08d}{tail}.csv"
            aside = target.with_name(target.name + ASIDE)
            self._write(file, aside)
            put_in_place(aside, target)
            self._aside(file).unlink()
            sealed.append(target)
        return sealed

    def close(self) -> None:
        """Close what is open."""
        for held in self._held.values():
            held.close()

    def discard(self) -> None:
        """Drop what was gathered."""
        self.close()
        for file in self._held:
            self._aside(file).unlink(missing_ok=True)

    def _aside(self, file: str) -> Path:
        place = list(self._columns).index(file)
        return self.folder / f"{self.item:08d}.{place}.jsonl{ASIDE}"

    def _write(self, file: str, aside: Path) -> None:
        columns = [name for name in self._columns[file] if name not in MARKS]
        with (
            self._aside(file).open(encoding="utf-8") as held,
            aside.open("w", encoding="utf-8", newline="") as out,
        ):
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([*columns, *MARKS])
            for line in held:
                raw, marks = json.loads(line)
                writer.writerow([*(raw.get(name, "") for name in columns), *marks])


def reject_files(folder: Path, item: int) -> list[Path]:
    """The reject files of an item, in name order."""
    return sorted(path for path in folder.glob(f"{item:08d}*.csv"))
