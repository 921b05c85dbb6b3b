"""Soaks a real network: trade over HTTP while its processes are killed, then counts.

python -m tests.soak [--kills 200] [--minutes 0] [--database sqlite|postgresql] [--seed N]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import secrets
import sys
import tempfile
from pathlib import Path

from tests import postgres
from tests.soak.run import Soak


def main() -> int:
    """Soak, and tell; fails when something was lost, doubled, or does not heal."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="at least so many kill -9")
    parser.add_argument("--minutes", type=float, default=0.0, help="and at least so long")
    parser.add_argument("--database", choices=postgres.KINDS, default=postgres.KINDS[0])
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="consign-soak-")))
        server = None
        if options.database == "postgresql":
            server = stack.enter_context(postgres.server(postgres.LASTING))
        soak = Soak(folder, server, options.seed, _say)
        verdict = asyncio.run(soak.run(options.kills, options.minutes * 60))
    return 1 if verdict.problems else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
