"""How much planted gaming the detectors find, and how often they cry wolf: `python benchmarks/detectors.py`.

Companies of 120 cells are drawn answer by answer (tests/incentive/planted.py); in five cells each a kind of
gaming is planted, seventy play fair. Printed are, by detector, the share of planted cells that it flags
(wanted: at least 90 %) and of fair cells (at most 5 %); measures count apart whose cells were pushed over a
curve point.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "incentive"))

from planted import company

from viaggio.incentive.detectors import Detector, look

CURVES = "bunching (curve points)"


def main() -> None:
    """Draw, look, count, print; ends with 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=20)
    parser.add_argument("--families", type=int, default=10, help="of twelve cells each")
    parser.add_argument("--each", type=int, default=5, help="cells with each kind of gaming")
    parser.add_argument("--seed", type=int, default=1000)
    given = parser.parse_args()
    planted, found, fair, false = (Counter[str]() for _ in range(4))
    fakes = excluded = 0
    seconds = 0.0
    for seed in range(given.seed, given.seed + given.companies):
        one = company(seed, families=given.families, each=given.each)
        started = perf_counter()
        findings = look(one.signals, seed=seed)
        seconds += perf_counter() - started
        for finding in findings:
            game = one.curves.get(finding.cell, one.cells.get(finding.cell))
            name = CURVES if finding.cell in one.curves else str(finding.detector)
            if game is finding.detector or game is True:
                planted[name] += 1
                found[name] += finding.flagged
                fake = one.fakes.get(finding.cell, frozenset())
                fakes += len(fake)
                excluded += len(fake & {one.response for one in finding.excludes})
            elif game is None or game is False:
                fair[name] += 1
                false[name] += finding.flagged
    print(f"{'detector':<24} {'planted':>8} {'found':>7} {'':>7} {'fair':>7} {'flagged':>8}")
    good = True
    for name in (*map(str, Detector), CURVES):
        hit, wolf = found[name] / planted[name], false[name] / fair[name]
        good = good and hit >= 0.9 and wolf <= 0.05
        counts = f"{planted[name]:>8} {found[name]:>7} {hit:>7.1%} {fair[name]:>7} {false[name]:>8}"
        print(f"{name:<24} {counts} {wolf:>7.2%}")
    print(
        f"{excluded} of {fakes} planted duplicates and staff answers are excluded; {seconds:.0f} s of looking"
    )
    sys.exit(not good)


if __name__ == "__main__":
    main()
