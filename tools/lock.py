"""Write the lock files from requirements/*.in: hashed, for every platform, without any index's address."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parents[1] / "requirements"
FLAGS = (
    "--quiet", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url",
    "--python-version", "3.12", "--exclude-newer", "8 days",
)  # fmt: skip
LOCKS = {
    "base.txt": ("base.in",),
    "dev.txt": ("base.in", "dev.in"),
    "spark.txt": ("spark.in", "-c", "dev.txt"),
    "uv.txt": ("uv.in",),
}


def main() -> int:
    """Compile each lock with uv; returns the first failing exit code, or 0."""
    for lock, sources in LOCKS.items():
        done = subprocess.run(["uv", "pip", "compile", *FLAGS, *sources, "-o", lock], cwd=HERE, check=False)
        if done.returncode:
            return done.returncode
        print(lock)
    return 0


if __name__ == "__main__":
    sys.exit(main())
