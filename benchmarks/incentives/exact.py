"""The exact engine on a large company, one core: `python benchmarks/incentives/exact.py [people]`.

50,000 people with two stays each, 200 teams, a pool that binds; prints seconds, memory, and what is paid.
"""

import argparse
import resource
import time

import company

from viaggio.incentive.run import calculate


def main() -> None:
    """Run once and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=int, nargs="?", default=50_000)
    given = parser.parse_args()
    pool = str(given.people * 1_800)
    plan, inputs = company.plan(pool), company.inputs(given.people, seed=1)
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = calculate(plan, inputs)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert outcome.total_cents == int(pool) * 100 if outcome.binds else True
    print(
        f"{given.people:,} people x 2 stays, {company.TEAMS} teams: {wall:.1f} s by the clock, {cpu:.1f} s of"
    )
    print(f"processor time, peak {peak:.0f} MB; binds {outcome.binds}, factor {float(outcome.factor):.4f},")
    print(f"total {outcome.total_cents / 100:,.2f} of a pool of {int(pool):,}.00")


if __name__ == "__main__":
    main()
