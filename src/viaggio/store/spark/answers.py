"""The answer index of a workspace, its parts walked by Spark: scores are counted there, sums travel.

A part is a run of sampled units, the same as on one machine, and its sums are added up in the order of parts:
the figures are those of a single machine, bit for bit. `index/` lies at the same path on every machine.
"""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from viaggio.pulse.index import Answers, of_arrays
from viaggio.pulse.parts import arrays_of_part
from viaggio.store.answers_index import AnswersManifest, folder_of, found_answers
from viaggio.store.facts import Manifest
from viaggio.store.index.columnar import map_arrays
from viaggio.store.spark.tasks import tasks
from viaggio.store.workspace import Workspace

KEPT_PARTS = 4
"""So many parts stay with a worker, cut into sheets: the next question about them is many times cheaper."""


@dataclass(frozen=True, slots=True, eq=False)
class WalkedBySpark:
    """Has the parts of an answer index walked by the machines of a cluster."""

    session: Any
    path: Path
    manifest: AnswersManifest
    here: Answers

    def __call__[Found](
        self, work: Callable[[Answers], Found], parts: Sequence[tuple[int, int]]
    ) -> list[Found]:
        """What the work finds in each part, one task a part, in their order.

        Where a fold took the file away meanwhile, this machine, which still has it open, does the work.
        """
        from pyspark.errors import PySparkException

        try:
            return tasks(self.session, of_part, (str(self.path), self.manifest, work), parts)
        except PySparkException:
            if self.path.exists():
                raise
        arrays = self.here.arrays()
        return [work(_answers(arrays_of_part(arrays, *part), self.manifest)) for part in parts]


def of_part(asked: Any, part: tuple[int, int]) -> Any:
    """The work of a task: what is found in one part of the index."""
    path, manifest, work = asked
    return work(_part(path, pickle.dumps(manifest), *part))


@lru_cache(KEPT_PARTS)
def _part(path: str, manifest: bytes, start: int, end: int) -> Answers:
    arrays = arrays_of_part(map_arrays(Path(path)), start, end)
    return _answers(arrays, pickle.loads(manifest))  # noqa: S301 -- pickled by the caller


def _answers(arrays: Any, manifest: AnswersManifest) -> Answers:
    return of_arrays(arrays, manifest.codes, manifest.scales, manifest.cx_weights)


def spark_answers(ws: Workspace, facts: Manifest, session: Any) -> Answers | None:
    """The answer index of exactly these facts, walked by that session's cluster; None where there is none."""
    found = found_answers(ws, facts)
    if found is None:
        return None
    manifest, answers = found
    path = (folder_of(ws) / manifest.path).absolute()
    return replace(answers, elsewhere=WalkedBySpark(session, path, manifest, answers))
