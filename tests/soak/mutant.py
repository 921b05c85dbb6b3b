"""Damages every public message many times over, in processes of bounded memory.

python -m tests.soak.mutant [--rounds 200] [--seed N] [--processes 2]
"""

from __future__ import annotations

import argparse
import json
import resource
import secrets
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from typing import Final

from tests.edi.damage import damaged
from tests.edi.judgement import judge, no_network

ROOT: Final = Path(__file__).resolve().parents[2]
CORPUS: Final = ROOT.parent / "shared" / "corpus"
FAILED: Final = ROOT / "build" / "mutants"
MEMORY_BYTES: Final = 1 << 30
"""Of address space above what a process has when it starts."""

Job = tuple[str, int, int]


def main() -> int:
    """Damage and judge; fails when anything did not hold, and keeps what showed it."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.mutant", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="mutants of every file")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    options = parser.parse_args()
    if not CORPUS.is_dir():
        sys.stdout.write("The folder ../shared/corpus is not there: nothing is damaged.\n")
        return 0
    names = [each["file"] for each in json.loads((CORPUS / "index.json").read_bytes())]
    jobs = [(name, options.rounds, options.seed) for name in names]
    sys.stdout.write(f"seed {options.seed}: {options.rounds} mutants of {len(names)} files\n")
    counts: Counter[str] = Counter()
    with ProcessPoolExecutor(options.processes, initializer=_bounded) as pool:
        for outcome, problems in pool.map(_damage, jobs, chunksize=8):
            counts.update(outcome)
            for problem in problems:
                sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{dict(counts)}\n")
    return 1 if counts["failed"] else 0


def _bounded() -> None:
    """Let a process have so much memory and no more."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, used + MEMORY_BYTES))


def _damage(job: Job) -> tuple[Counter[str], list[str]]:
    name, rounds, seed = job
    content = (CORPUS / name).read_bytes()
    counts: Counter[str] = Counter()
    kept: dict[str, bytes] = {}
    with no_network():
        for mutant in _mutants(content, Random(f"{seed} {name}"), rounds):
            try:
                counts[judge(mutant)] += 1
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                counts["failed"] += 1
                where = traceback.extract_tb(error.__traceback__)[-1]
                what = f"{error!r} at {Path(where.filename).name}:{where.lineno}"
                kept[what] = min(mutant, kept.get(what, mutant), key=len)
    return counts, [_kept(name, what, mutant) for what, mutant in kept.items()]


def _mutants(content: bytes, chance: Random, rounds: int) -> Iterator[bytes]:
    for _ in range(rounds):
        yield damaged(content, chance)


def _kept(name: str, what: str, mutant: bytes) -> str:
    """Keep the smallest mutant that shows a problem."""
    FAILED.mkdir(parents=True, exist_ok=True)
    path = FAILED / f"{abs(hash(mutant)):016x}"
    path.write_bytes(mutant)
    return f"{name}: {what[:300]}; see {path.relative_to(ROOT)}"


if __name__ == "__main__":
    sys.exit(main())
