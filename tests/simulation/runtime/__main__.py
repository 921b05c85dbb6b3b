"""Sail many seeds: ``python -m tests.simulation.runtime --seeds N --start S --minutes M``."""

import argparse
import logging
import sys
import time

from tests.simulation.runtime.run import Shipwreck, sail
from tests.simulation.runtime.tally import Tally


def main() -> int:
    """Sail until the seeds or the minutes are over; tell of each that ended badly."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.runtime")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=300, help="how many")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long at most")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    total, wrecked, sailed = Tally(), [], 0
    began_s = time.monotonic()
    for seed in range(asked.start, asked.start + asked.seeds):
        if time.monotonic() - began_s > asked.minutes * 60:
            break
        sailed += 1
        try:
            total.update(sail(seed))
        except Shipwreck as wreck:
            wrecked.append(seed)
            sys.stdout.write("\n".join([str(wreck), *wreck.__notes__, ""]))
    took_s = time.monotonic() - began_s
    sys.stdout.write(f"{total.report()}\n{sailed} voyages in {took_s:.0f} s\n")
    sys.stdout.write(f"ended badly: {wrecked or 'none'}\n")
    return 1 if wrecked else 0


if __name__ == "__main__":
    sys.exit(main())
