"""The door: light to open, everything behind it."""

import subprocess
import sys
from typing import Any

import viaggio.journey
from viaggio.journey.compiled import compiled


def test_importing_viaggio_and_the_room_brings_in_nothing_heavy() -> None:
    program = (
        "import sys, viaggio, viaggio.journey as room; room.__doc__; dir(room);"
        "heavy = {'numba', 'numpy', 'pandas', 'pyarrow', 'duckdb', 'ibis', 'django'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_name_of_the_door_is_there() -> None:
    assert all(getattr(viaggio.journey, name) is not None for name in viaggio.journey.__all__)
    assert not hasattr(viaggio.journey, "nonsense")


def test_a_walk_without_a_place_for_its_cache_still_runs() -> None:
    names: dict[str, Any] = {}
    exec("def twice(number):\n    return 2 * number", names)  # no file, therefore no folder beside it
    assert compiled(names["twice"])(21) == 42
