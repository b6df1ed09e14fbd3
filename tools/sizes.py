"""Module sizes: a file over 300 lines wants to be split, one over 400 must be."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WISH, LIMIT = 300, 400


def lines_of(root: Path) -> dict[str, int]:
    """Lines of each Python file under src, migrations left out, by path from the root."""
    return {
        str(path.relative_to(root)): len(path.read_text(encoding="utf-8").splitlines())
        for path in sorted((root / "src").rglob("*.py"))
        if "migrations" not in path.parts
    }


def main(root: Path = ROOT) -> int:
    """Name the files that are too long; returns 1 when one is over the limit."""
    long = {path: count for path, count in lines_of(root).items() if count > WISH}
    for path, count in sorted(long.items(), key=lambda item: -item[1]):
        print(f"{path}: {count} lines{' (over the limit)' if count > LIMIT else ''}")
    return int(any(count > LIMIT for count in long.values()))


if __name__ == "__main__":
    sys.exit(main())
